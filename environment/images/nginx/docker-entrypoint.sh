#!/bin/sh
# As the original does: fill /etc/nginx/templates/*.template from the environment,
# run /docker-entrypoint.d/*.sh, then become nginx.
set -eu

fill_templates() {
    names=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/${\1}/p' | tr '\n' ' ')
    find /etc/nginx/templates -type f -name '*.template' | while read -r template; do
        target=/etc/nginx/conf.d/${template#/etc/nginx/templates/}
        mkdir -p "$(dirname "$target")"
        envsubst "$names" < "$template" > "${target%.template}"
    done
}

run_scripts() {
    find /docker-entrypoint.d -type f -name '*.sh' | sort -V | while read -r script; do
        if [ -x "$script" ]; then "$script" >&2; fi
    done
}

if [ "${1:-}" = nginx ] || [ "${1:-}" = nginx-debug ]; then
    fill_templates
    run_scripts
fi
exec "$@"
