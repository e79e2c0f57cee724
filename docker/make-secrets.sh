#!/bin/sh
# Make the secret files that docker-compose.yml hands to the containers; keeps those that exist.
# usage: docker/make-secrets.sh smtp+tls://user:password@mail.example.org:587
set -eu
cd "$(dirname "$0")/.."
# The folder is closed to others; the files can be read by the containers' own users.
mkdir -p secrets
chmod 700 secrets
random() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }
[ -e secrets/secret_key ] || random >secrets/secret_key
[ -e secrets/database_password ] || random >secrets/database_password
[ -e secrets/email_url ] || printf '%s' "${1:?give the address of your mail server}" >secrets/email_url
chmod 644 secrets/secret_key secrets/database_password secrets/email_url
