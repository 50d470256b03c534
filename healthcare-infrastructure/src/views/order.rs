//! How a direction is said in SQL.

use healthcare_application::order::Direction;

/// The order itself: `order by at {way}, id {way}`.
pub const fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "asc",
        Direction::Down => "desc",
    }
}

/// What comes behind a place: `(at, id) {behind} ($1, $2)`.
pub const fn behind(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => ">",
        Direction::Down => "<",
    }
}
