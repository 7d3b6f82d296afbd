#!/bin/sh
# As the original does: plain options are options of redis-server, and it listens to all.
set -eu
if [ "${1#-}" != "${1:-}" ] && [ "$#" -gt 0 ]; then set -- redis-server "$@"; fi
if [ "${1:-}" = redis-server ]; then set -- "$@" --protected-mode no; fi
exec "$@"
