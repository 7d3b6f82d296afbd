#!/bin/sh
# As the original does: plain options are options of nats-server.
set -eu
if [ "${1#-}" != "${1:-}" ] && [ "$#" -gt 0 ]; then set -- nats-server "$@"; fi
exec "$@"
