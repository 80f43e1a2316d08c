# The command with the go command that it needs:
#
#	docker build -t concurrencyvet .
#	docker run --rm -v "$PWD:/src" concurrencyvet ./...
#
# Volumes at /root/.cache/go-build and /go/pkg/mod keep results and modules.

FROM golang:1.26 AS build
WORKDIR /concurrencyvet
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /concurrencyvet/dist/concurrencyvet ./cmd/concurrencyvet

FROM golang:1.26
# What is mounted belongs to another user.
RUN git config --system --add safe.directory '*'
COPY --from=build /concurrencyvet/dist/concurrencyvet /usr/local/bin/concurrencyvet
WORKDIR /src
ENTRYPOINT ["concurrencyvet"]
