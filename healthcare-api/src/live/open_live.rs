//! `GET /live`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    web::{Data, Payload},
};
use healthcare_application::{App, Permission};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::{
    access::Access,
    live::{Holder, Hub, Tickets, outbox},
    platform::Platform,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    connection::{Connection, Watch},
    shown::Shown,
};
use crate::{
    http::{Query, plain, signed_in},
    problem::Problem,
    surface::{SurfaceSettings, may_follow},
};

/// The largest message a client has reason to send, in bytes.
const LARGEST: usize = 16 * 1024;

/// From where, and of whom.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// The position of the last notification seen; from now on if absent. None behind it is missed.
    #[param(minimum = 0)]
    position: Option<i64>,
    /// A ticket of `POST /live/tickets`, instead of the bearer header.
    ticket: Option<String>,
    /// Whose vitals to send: ids separated by commas, `all` or `none`; of all one may see if absent.
    patients: Option<String>,
}

/// Follows notifications and vitals live (WebSocket).
///
/// Every message is a JSON object with a `kind`: `hello` (`position`), `notification` (with its `position`), `vitals`
/// (`vitals`: the newest values; a change within a quarter of a second is one message), `heartbeat` (`position`, every
/// 4 s). A client that reconnects with `?position=` of the last one it saw misses no notification; vitals resume at the
/// newest value. The client may send `{"watch": "all" | "none" | [patient ids]}`. Close codes: 4401 the sign-in has
/// ended, 4403 the role may no longer, 4408 the client was too slow (resume from its position), 1001 the server stops.
#[utoipa::path(tag = "live", params(Wanted), responses(
    (status = 101, description = "the connection is upgraded"),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "sign in first; a ticket is redeemed once", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, or a page of another origin asks", body = Problem, content_type = "application/problem+json"),
))]
#[expect(clippy::too_many_arguments, reason = "each is taken from the request by its type")]
#[get("/live")]
pub async fn open_live(
    app: Data<App>,
    hub: Data<Hub>,
    access: Data<Access>,
    platform: Data<Platform>,
    surface: Data<SurfaceSettings>,
    wanted: Query<Wanted>,
    request: HttpRequest,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let Wanted { position, ticket, patients } = wanted.0;
    if !may_follow(&request, &surface.origins) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "/problems/live/foreign-origin",
            "A page of another origin may not follow",
        ));
    }
    let watch = watch_of(patients.as_deref())?;
    let holder = match ticket {
        Some(ticket) => {
            let redeemed = Tickets::new(platform.db.clone()).redeem(&ticket).await?;
            let holder = redeemed.ok_or_else(Problem::unauthenticated)?;
            // The sign-in it was got with may have ended since.
            if holder.until <= app.clock.now() || !access.still_stands(&holder.actor, holder.until).await? {
                return Err(Problem::unauthenticated());
            }
            holder
        }
        None => signed_in(&request).await.map(|(actor, until)| Holder { actor, until })?,
    };
    let call = plain(&request, holder.actor.clone());
    let circle = app.circle(&call, Permission::ReadLive).await?;
    // Followed before the position is looked at, so that nothing falls between the two.
    let told = hub.follow().await;
    let head = outbox::head(&platform.db).await?;
    let position = match position {
        None => head,
        Some(seen) if (0..=head).contains(&seen) => seen,
        Some(_) => return Err(Problem::bad_parameter("position", "a position that was received here")),
    };
    let (response, session, messages) = actix_ws::handle(&request, body)
        .map_err(|_| Problem::bad_header("Upgrade", "a WebSocket handshake (RFC 6455)"))?;
    let messages = messages.max_frame_size(LARGEST).aggregate_continuations().max_continuation_size(LARGEST);
    let vitals = hub.vitals().follow();
    let connection = Connection {
        app,
        hub,
        access,
        call,
        circle,
        shown: Shown::default(),
        until: holder.until,
        position,
        watch,
        anew: true,
        session,
        messages,
        told,
        vitals,
    };
    actix_web::rt::spawn(connection.run());
    Ok(response)
}

/// Whose vitals are asked for.
fn watch_of(patients: Option<&str>) -> Result<Watch, Problem> {
    match patients {
        None | Some("all") => Ok(Watch::All),
        Some("none") => Ok(Watch::None),
        Some(ids) => {
            let ids = ids.split(',').map(str::parse::<PatientId>).collect::<Result<_, _>>();
            ids.map(Watch::Only).map_err(|_| Problem::bad_parameter("patients", "ids separated by commas, all or none"))
        }
    }
}
