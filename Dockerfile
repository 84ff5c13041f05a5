# An image that grades what is mounted at /work: docker run --rm --volume "$PWD:/work:ro" lydite grade losses.py
FROM python:3.13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml README.md LICENSE suite.toml /source/
COPY lydite /source/lydite
COPY spec /source/spec
COPY reference /source/reference
COPY properties /source/properties
COPY mistakes /source/mistakes
RUN pip install --no-cache-dir "/source[grading]" && rm -rf /source
RUN useradd --create-home grader
USER grader
WORKDIR /work
ENTRYPOINT ["lydite"]
CMD ["--help"]
