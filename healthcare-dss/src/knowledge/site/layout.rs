//! Which files can be laid over, and by what their rows are told apart.

use crate::rule::RuleError;

/// Where the rows of a shipped file stand.
#[derive(Debug)]
pub(super) struct Layout {
    /// The file.
    pub(super) file: &'static str,
    /// The member that holds the rows; none where the file is the list.
    pub(super) list: Option<&'static str>,
    /// By what a row is told from others; none where rows can only be added.
    pub(super) key: Option<&'static str>,
    /// Whether each row names its source, which is shown with what it finds.
    pub(super) sourced: bool,
    /// A row that the program reads elsewhere, too, as it ships.
    pub(super) fixed: Option<&'static str>,
}

const fn table(file: &'static str) -> Layout {
    Layout { file, list: Some("rows"), key: Some("id"), sourced: true, fixed: None }
}

/// All of them. The names of products are RxNorm's and are made by a script: they come with the program.
const LAYOUTS: [Layout; 15] = [
    table("age-cautions.json"),
    Layout { file: "allergens.json", list: None, key: None, sourced: false, fixed: None },
    Layout { file: "classes.json", list: None, key: Some("id"), sourced: false, fixed: None },
    table("contraindications.json"),
    table("cross-reactions.json"),
    table("dose-limits.json"),
    Layout { key: Some("class"), ..table("duplicates.json") },
    Layout { file: "ingredients.json", list: Some("ingredients"), key: Some("name"), sourced: false, fixed: None },
    table("interactions.json"),
    table("lactation.json"),
    table("monitoring.json"),
    table("opioids.json"),
    table("pregnancy.json"),
    table("renal-limits.json"),
    // By these codes the scores of devices know a pregnancy, whatever a site says.
    Layout {
        file: "value-sets.json",
        list: Some("sets"),
        key: Some("id"),
        sourced: false,
        fixed: Some("pregnancy-condition"),
    },
];

impl Layout {
    /// The layout of a file.
    pub(super) fn of(file: &str) -> Result<&'static Self, RuleError> {
        LAYOUTS.iter().find(|layout| layout.file == file).ok_or_else(|| {
            let reason =
                format!("no knowledge file of this name can be laid over; those that can are {}", Self::names());
            RuleError::at(file, ".", reason)
        })
    }

    /// The names of all.
    pub(super) fn names() -> String {
        LAYOUTS.iter().map(|layout| layout.file).collect::<Vec<_>>().join(", ")
    }
}
