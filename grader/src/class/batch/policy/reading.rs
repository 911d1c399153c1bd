//! How a `class.toml` is read. Whatever is wrong with it is said with the line or the table that
//! it stands in: such a file names hundreds of students.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use thiserror::Error;
use toml::value::Datetime;

use super::{ExtraDays, Policy};
use crate::class::date::offset;
use crate::course::mistake;
use play::text::one_line;

/// Why a `class.toml` cannot be used.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// It cannot be read.
    #[error("cannot read `{}`: {why}; name a `class.toml`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
    /// It says something that is not understood.
    #[error("`{}`: {why}; the book's page \"A whole class\" shows what it may say", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// No weight is larger.
const HEAVIEST: f64 = 1e6;

impl Policy {
    /// Reads one; `drills` are the slugs that there are.
    ///
    /// # Errors
    /// When it cannot be read, or says something that is not understood.
    pub fn read(path: &Path, drills: &[&str]) -> Result<Policy, PolicyError> {
        let text = fs::read(path).map_err(|why| PolicyError::Unreadable {
            path: path.to_owned(),
            why,
        })?;
        let policy = mistake::text_of(&text).and_then(|text| Policy::parse(text, drills));
        policy.map_err(|why| PolicyError::Wrong {
            path: path.to_owned(),
            why,
        })
    }

    pub(super) fn parse(text: &str, drills: &[&str]) -> Result<Policy, String> {
        let policy: Policy = toml::from_str(text).map_err(|error| mistake::told(text, &error))?;
        policy.names_only(drills)?;
        policy.has_moments()?;
        for (drill, said) in &policy.drills {
            if said
                .weight
                .is_some_and(|it| !(0.0..=HEAVIEST).contains(&it))
            {
                return Err(format!(
                    "`weight` of drill `{drill}` is not a number from 0 to a million"
                ));
            }
        }
        let late = policy.late.as_ref();
        let percents = late.map(|late| {
            [
                ("percent_per_day", late.percent_per_day),
                ("at_most_percent", late.at_most_percent),
            ]
        });
        for (name, percent) in percents.into_iter().flatten() {
            if percent > 100 {
                return Err(format!(
                    "`{name}` under `[late]` is {percent}; nobody can lose more than 100 percent"
                ));
            }
        }
        Ok(policy)
    }

    fn names_only(&self, drills: &[&str]) -> Result<(), String> {
        let is_known = |drill: &String| drills.contains(&&**drill);
        let unknown = |drill: &str, place: &str| Err(format!("there is no drill `{drill}`{place}"));
        if let Some(drill) = self.drills.keys().find(|drill| !is_known(drill)) {
            return unknown(drill, ", which `[drills]` has");
        }
        for (student, said) in &self.students {
            let extra = match &said.extra_days {
                Some(ExtraDays::Each(days)) => Some(days.keys()),
                _ => None,
            };
            let mut named = said.excused.iter().chain(extra.into_iter().flatten());
            if let Some(drill) = named.find(|drill| !is_known(drill)) {
                let student = one_line(student, 80);
                return unknown(
                    drill,
                    &format!(", which `{student}` under `[students]` has"),
                );
            }
        }
        Ok(())
    }

    fn has_moments(&self) -> Result<(), String> {
        let zone = self.offset.as_deref().map(|text| (text, offset(text)));
        if let Some((text, None)) = zone {
            return Err(format!("`{text}` is not an offset; write it as `+01:00`"));
        }
        let of_drills = self.drills.values().filter_map(|it| it.due.as_ref());
        let no_moment = |due: &&Datetime| self.moment_of(due).is_none();
        match of_drills.chain(&self.due).find(no_moment) {
            Some(due) => Err(format!(
                "`{due}` is not a moment; write it as `2026-11-20T23:59:00`"
            )),
            None => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for ExtraDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ExtraDays, D::Error> {
        struct Days;

        impl<'de> Visitor<'de> for Days {
            type Value = ExtraDays;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of days from 0 on, or one for each drill")
            }

            fn visit_i64<E: serde::de::Error>(self, days: i64) -> Result<ExtraDays, E> {
                let number = Unexpected::Signed(days);
                let days = u32::try_from(days);
                let days = days.map_err(|_| E::invalid_value(number, &self))?;
                Ok(ExtraDays::Every(days))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ExtraDays, A::Error> {
                let each = BTreeMap::<String, i64>::deserialize(MapAccessDeserializer::new(map))?;
                let days = each.into_iter().map(|(drill, days)| {
                    let number = Unexpected::Signed(days);
                    let days = u32::try_from(days);
                    let days = days.map_err(|_| A::Error::invalid_value(number, &self))?;
                    Ok((drill, days))
                });
                Ok(ExtraDays::Each(days.collect::<Result<_, A::Error>>()?))
            }
        }

        deserializer.deserialize_any(Days)
    }
}
