//! Data that only the rest reads, between two marks: it goes where its readers are.

use anyhow::{Context, Result};
use duologue_words::{LATE_BEGIN, LATE_END};
use walrus::{ConstExpr, DataId, DataKind, MemoryId, Module, ir::Value};

/// A stretch of a segment.
struct Found {
    segment: DataId,
    memory: MemoryId,
    /// Where the segment lies, and what of it is between the marks.
    at: i32,
    from: usize,
    to: usize,
}

/// Nothing where there are no marks.
fn find(module: &Module) -> Option<Found> {
    module.data.iter().find_map(|data| {
        let DataKind::Active { memory, offset } = &data.kind else {
            return None;
        };
        let ConstExpr::Value(Value::I32(at)) = offset else {
            return None;
        };
        let place = |mark: &str| {
            let mut windows = data.value.windows(mark.len());
            windows.position(|it| it == mark.as_bytes())
        };
        let from = place(LATE_BEGIN)? + LATE_BEGIN.len();
        let to = place(LATE_END).filter(|to| from < *to)?;
        Some(Found {
            segment: data.id(),
            memory: *memory,
            at: *at,
            from,
            to,
        })
    })
}

/// Takes it out of the half that comes first.
pub fn without(module: &mut Module) -> Result<()> {
    if let Some(found) = find(module) {
        let data = module.data.get_mut(found.segment);
        let behind = data.value.split_off(found.to);
        data.value.truncate(found.from);
        add(module, &found, found.to, behind)?;
    }
    Ok(())
}

/// Leaves nothing else in the other half, whose memory is the first one's.
pub fn alone(module: &mut Module) -> Result<()> {
    let found = find(module);
    let bytes = found.as_ref().map(|it| {
        let data = module.data.get(it.segment);
        data.value[it.from..it.to].to_vec()
    });
    let all: Vec<DataId> = module.data.iter().map(|it| it.id()).collect();
    all.into_iter().for_each(|it| module.data.delete(it));
    for memory in module.memories.iter_mut() {
        memory.data_segments.clear();
    }
    match (found, bytes) {
        (Some(found), Some(bytes)) => add(module, &found, found.from, bytes),
        _ => Ok(()),
    }
}

/// A segment of its own, for what lay at `from` in the one that was found.
fn add(module: &mut Module, found: &Found, from: usize, bytes: Vec<u8>) -> Result<()> {
    let at = found.at.checked_add(i32::try_from(from)?);
    let kind = DataKind::Active {
        memory: found.memory,
        offset: ConstExpr::Value(Value::I32(at.context("beyond the memory")?)),
    };
    let segment = module.data.add(kind, bytes);
    let memory = module.memories.get_mut(found.memory);
    memory.data_segments.insert(segment);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(text: &str) -> Module {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(Value::I32(1_000));
        let bytes = text.as_bytes().to_vec();
        let segment = module.data.add(DataKind::Active { memory, offset }, bytes);
        module
            .memories
            .get_mut(memory)
            .data_segments
            .insert(segment);
        module
    }

    fn texts(module: &Module) -> Vec<(i32, String)> {
        let text = |data: &walrus::Data| {
            let DataKind::Active {
                offset: ConstExpr::Value(Value::I32(at)),
                ..
            } = &data.kind
            else {
                panic!("not where it was");
            };
            (*at, String::from_utf8(data.value.clone()).unwrap())
        };
        let mut texts: Vec<_> = module.data.iter().map(text).collect();
        texts.sort();
        texts
    }

    #[test]
    fn what_lies_between_the_marks_goes_and_nothing_moves() {
        let text = ["early", LATE_BEGIN, "late", LATE_END, "more"].concat();
        let (mut first, mut rest) = (module(&text), module(&text));
        without(&mut first).unwrap();
        alone(&mut rest).unwrap();
        let begin = ["early", LATE_BEGIN].concat();
        let place = 1_000 + i32::try_from(begin.len()).unwrap();
        let behind = (place + 4, [LATE_END, "more"].concat());
        assert_eq!(texts(&first), [(1_000, begin), behind]);
        assert_eq!(texts(&rest), [(place, "late".to_string())]);
    }

    #[test]
    fn without_marks_all_of_it_stays() {
        let (mut first, mut rest) = (module("early"), module("early"));
        without(&mut first).unwrap();
        alone(&mut rest).unwrap();
        assert_eq!(texts(&first), [(1_000, "early".to_string())]);
        assert!(texts(&rest).is_empty());
    }
}
