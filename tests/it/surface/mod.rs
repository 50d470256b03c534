//! What every request meets before an endpoint does: headers, origins, limits, rates, TLS.

mod headers;
mod limits;
mod origins;
mod rates;
mod tls;
