# One image, one binary: `healthcare serve`, or any other of its commands.
# It speaks to a PostgreSQL of yours (DATABASE_URL): the embedded one is for a machine that has PostgreSQL installed.
FROM rust:1.95-bookworm AS chef
WORKDIR /build
RUN cargo install --locked cargo-chef@0.1.73

FROM chef AS plan
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libssl-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
COPY --from=plan /build/recipe.json recipe.json
RUN cargo chef cook --release --locked --package healthcare-api --recipe-path recipe.json
COPY . .
RUN cargo build --release --locked --package healthcare-api --bin healthcare \
    && mkdir -p /out/lib /out/data \
    && cp target/release/healthcare /out/ \
    && cp /usr/lib/*-linux-gnu/libz.so.1 /out/lib/

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/lib/ /usr/lib/
COPY --from=build /out/healthcare /usr/bin/healthcare
COPY --from=build --chown=65532:65532 /out/data /var/lib/healthcare
ENV HEALTHCARE_BIND=0.0.0.0 \
    HEALTHCARE_PORT=8080 \
    HEALTHCARE_METRICS_PORT=9090 \
    HEALTHCARE_DATA_DIR=/var/lib/healthcare
EXPOSE 8080 9090
VOLUME /var/lib/healthcare
USER 65532:65532
ENTRYPOINT ["/usr/bin/healthcare"]
CMD ["serve"]
