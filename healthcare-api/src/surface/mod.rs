//! What every request meets before an endpoint does: who may open a connection, from where it truly comes, how much it
//! may ask for, and the headers that every answer carries.

mod address;
mod admit;
mod headers;
mod origin;
mod rates;
mod settings;
mod site;
mod tls;

pub use address::{ClientAddress, ForwardedBy, Proxies, client_address};
pub use admit::{admit, body_limit};
pub use headers::protect;
pub use origin::{Origin, OriginError, cors, may_follow};
pub use rates::Rates;
pub use settings::{SurfaceError, SurfaceSettings};
pub use tls::{ClientCertificate, Tls, TlsError, TlsFiles};
