#!/bin/sh
# The roles and databases of healthcare-infrastructure/src/embedded/roles.rs, for a PostgreSQL in a container.
# Its entrypoint runs this once, on an empty data directory.
set -eu
: "${OWNER_PASSWORD:?}" "${APP_PASSWORD:?}" "${REPORT_PASSWORD:?}" "${SEALER_PASSWORD:?}"

psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv report_password REPORT_PASSWORD
\getenv sealer_password SEALER_PASSWORD
create role healthcare_owner login password :'owner_password';
create role healthcare_app login password :'app_password';
create role healthcare_report login password :'report_password' connection limit 20;
create role healthcare_sealer login password :'sealer_password';
create role healthcare_backup nologin;
alter role healthcare_report set default_transaction_read_only = on;
alter role healthcare_report set statement_timeout = '5min';
alter system set idle_in_transaction_session_timeout = '60s';
alter system set timezone = 'UTC';
alter system set log_min_messages = 'log';
alter system set log_min_error_statement = 'panic';
alter system set log_error_verbosity = 'terse';
create database healthcare owner healthcare_owner;
create database healthcare_keys owner healthcare_owner;
revoke all on database healthcare, healthcare_keys from public;
grant connect on database healthcare to healthcare_app, healthcare_report, healthcare_sealer, healthcare_backup;
grant connect on database healthcare_keys to healthcare_app;
select pg_reload_conf();
\connect healthcare
create extension if not exists timescaledb;
SQL
