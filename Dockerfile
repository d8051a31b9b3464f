# The bot in an image without a package manager: the bot, git, and the shell with which
# the bot limits git. .ci/image checks the same files where there is no Docker.
#
#   docker build -t concorde .
#   docker run --rm concorde version
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
ARG TARGETOS=linux TARGETARCH
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags='-s -w' -o /bot ./cmd/bot

# Security updates come with each build: they matter more here than equal bytes.
FROM debian:12.11-slim AS root
RUN apt-get update && apt-get upgrade -y && apt-get install -y --no-install-recommends ca-certificates git
COPY deploy/rootfs /
COPY --from=build /bot /
RUN /rootfs /bot /image

FROM scratch
COPY --from=root /image/ /
USER 65532:65532
# The SQLite file is in the working directory, unless DATABASE_URL names another place.
WORKDIR /var/lib/concorde
ENV PATH=/usr/local/bin:/usr/bin HOME=/var/lib/concorde BOT_LISTEN=:8080
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/bot"]
CMD ["serve"]
