//! What rules come to: how often they speak, who hears it, and what is made of it.

mod metrics;

pub use metrics::{
    ALIKE, Firings, MetricsFilter, MetricsModel, Part, Reason, RuleMetrics, RuleMetricsReport, UncountableTime,
    get_rule_metrics,
};
