//! For people: loops drawn as strips, one cell for a few milliseconds.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::grade::latency::{Cell, LoopLatency, cell_ms};

/// The cells of a strip.
const CELLS: usize = 50;

const BLOCKED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();

/// Writes the strips of these loops, on one scale, each with its name.
///
/// # Errors
/// When `out` cannot be written.
pub fn strips(loops: &[(&str, &LoopLatency)], out: &mut dyn Write) -> io::Result<()> {
    let scale = cell_ms(loops.iter().map(|(_, latency)| *latency), CELLS);
    let hashed = loops.iter().map(|(_, latency)| latency.hashed).max();
    writeln!(
        out,
        "  {DIM}the loop while {} passwords are hashed, {scale} ms a cell; █ is a loop that cannot answer{DIM:#}",
        hashed.unwrap_or_default()
    )?;
    let width = loops.iter().map(|(name, _)| name.len()).max();
    for (name, latency) in loops {
        write!(out, "  {name:<0$} ", width.unwrap_or_default())?;
        for cell in latency.strip(CELLS, scale) {
            match cell {
                Cell::Blocked => write!(out, "{BLOCKED}{}{BLOCKED:#}", cell.letter())?,
                Cell::Free | Cell::Over => write!(out, "{DIM}{}{DIM:#}", cell.letter())?,
            }
        }
        writeln!(
            out,
            " longest stall {}, longest wait {}",
            duration(latency.max_ms),
            duration(latency.longest_wait_ms())
        )?;
    }
    Ok(())
}

/// Milliseconds, to one digit where it matters.
pub fn duration(millis: f64) -> String {
    match millis {
        ..10.0 => format!("{millis:.1} ms"),
        _ => format!("{millis:.0} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Picture;

    #[test]
    fn a_stopped_loop_stands_out_beside_one_that_answers() {
        let picture = |stalls: &[(u64, u64)]| {
            LoopLatency::from(Picture {
                window: 100_000,
                hashed: 2,
                max: stalls.iter().map(|(_, took)| *took).max().unwrap_or(300),
                stalls: stalls.to_vec(),
                waits: vec![(0, 61_000)],
                ..Picture::default()
            })
        };
        let (stub, yours) = (picture(&[(20_000, 60_000)]), picture(&[]));
        let mut out = Vec::new();
        strips(&[("stub", &stub), ("yours", &yours)], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let text = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(
            text,
            "  the loop while 2 passwords are hashed, 2 ms a cell; █ is a loop that cannot answer\n\
             \x20 stub  ▁▁▁▁▁▁▁▁▁▁██████████████████████████████▁▁▁▁▁▁▁▁▁▁ longest stall 60 ms, longest wait 61 ms\n\
             \x20 yours ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁ longest stall 0.3 ms, longest wait 61 ms\n"
        );
    }
}
