//! A number with its unit.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A measured amount. The value keeps its precision; the unit is a UCUM code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// The amount, as a decimal string.
    #[schema(value_type = String, example = "37.2")]
    pub value: Decimal,
    /// UCUM, e.g. `mm[Hg]`.
    #[schema(example = "Cel")]
    pub unit: String,
}
