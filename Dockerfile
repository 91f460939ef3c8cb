# docker build -t souverain .
# docker run --rm -v "$PWD:/src:ro" souverain check
FROM python:3.12-slim AS build
COPY . /build
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels /build

FROM python:3.12-slim
# There is one wheel, whatever its version.
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-compile /wheels/*.whl \
    && rm -rf /wheels \
    && useradd --uid 10001 --create-home --shell /bin/sh souverain
USER 10001
WORKDIR /src
ENTRYPOINT ["souverain"]
CMD ["check"]
