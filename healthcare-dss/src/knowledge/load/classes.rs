//! `classes.json`

use super::documents::ClassDocument;
use crate::knowledge::{Bits, DrugClass, Knowledge};
use crate::rule::{RuleError, read_json};
use crate::text::Text;

/// The class of drugs whose creams and sprays are meant for the whole body.
const THROUGH_THE_SKIN: &str = "through-the-skin";
const FILE: &str = "classes.json";

impl Knowledge {
    pub(super) fn load_classes(&mut self, text: &str) -> Result<(), RuleError> {
        let documents: Vec<ClassDocument> = read_json(FILE, text)?;
        for (nth, ClassDocument { id, title, members, includes }) in documents.into_iter().enumerate() {
            let path = format!("[{nth}] ({id})");
            let mut spread = Bits::new(self.ingredients.len());
            for name in members {
                match self.by_name.get(name.as_str()).map(Vec::as_slice) {
                    Some([ingredient]) => spread.insert(ingredient.index()),
                    _ => return Err(RuleError::at(FILE, &path, format!("unknown ingredient `{name}`"))),
                }
            }
            for included in includes {
                match self.class_by_id.get(included.as_str()) {
                    Some(class) => spread.union(&self.classes[*class].members),
                    None => return Err(RuleError::at(FILE, &path, format!("unknown class `{included}`"))),
                }
            }
            if spread.is_empty() {
                return Err(RuleError::at(FILE, &path, "a class without members".into()));
            }
            if self.class_by_id.insert(Text::from(id), self.classes.len()).is_some() {
                return Err(RuleError::at(FILE, &path, "a class of this id stands above".into()));
            }
            if self.class_by_id.get(THROUGH_THE_SKIN) == Some(&self.classes.len()) {
                self.through_the_skin = spread.clone();
            }
            self.classes.push(DrugClass { title: title.into(), members: spread });
        }
        Ok(())
    }
}
