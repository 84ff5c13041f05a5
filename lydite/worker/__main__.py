"""Starts the worker: `python -I -B THIS_FOLDER ORDER`, with requests on descriptor 3 and replies on 4."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = "_lydite_worker"
"""Not to be met by a submission that has a module `worker` of its own; Lydite itself is not here to be imported."""

if __name__ == "__main__":
    spec = spec_from_file_location(NAME, HERE / "__init__.py", submodule_search_locations=[str(HERE)])
    if spec is None:
        sys.exit(f"{HERE} is not a package")
    sys.modules[NAME] = module_from_spec(spec)
    import_module(f"{NAME}.host").main(sys.argv[1])
