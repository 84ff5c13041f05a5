#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image: it installs Lydite into a virtual environment beside this file.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
sha256sum --check --quiet SHA256SUMS

python_that_fits() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    return 1
}

if ! python=$(python_that_fits); then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    for version in 3 3.14 3.13 3.12 3.11; do
        apt-get install -y "python$version-venv" || continue
        ! python_that_fits || break
    done
    python=$(python_that_fits)
fi

"$python" -m venv venv
install() { venv/bin/python -m pip --disable-pip-version-check --no-input install "$@"; }
@INSTALL@
venv/bin/lydite --version
