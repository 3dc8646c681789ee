# The production image: `docker build -t sellary-live-assist .`
# scripts/exercise-image.ts runs the same steps without Docker and starts what they make.

# Pin it by digest as well where you build for production: docker buildx imagetools inspect node:24.21.0-trixie-slim
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# TypeScript is a peer of tRPC for its types alone, and a third of what would be installed.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/typescript

FROM ${NODE_IMAGE} AS app
WORKDIR /app
# Owned by root and run by `node`: the process can't change what it runs.
COPY package.json ./
COPY --from=packages /app/node_modules ./node_modules
COPY lua ./lua
COPY migrations ./migrations
COPY static/rehearsals ./static/rehearsals
COPY scripts ./scripts
COPY src/lib ./src/lib
COPY --from=build /app/build ./build
ENV NODE_ENV=production METRICS_PORT=9464
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s CMD ["node", "scripts/health.ts"]
# Node is process 1: it asks for its signals itself, and starts no processes.
CMD ["node", "scripts/start.ts"]

# Backup and restore, which need PostgreSQL's client: see docs/operations/deployment.md.
FROM app AS tools
USER root
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-17 \
	&& rm -rf /var/lib/apt/lists/*
USER node
HEALTHCHECK NONE
CMD ["node", "scripts/backup.ts", "--help"]

# What `docker build` makes when no target is named.
FROM app
