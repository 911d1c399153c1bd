//! Pictures drawn as SVG in the page. Each has a text that says the same, or is only
//! an ornament beside one.

use maud::{Markup, html};

use super::super::statistics::BARS;

const BAR: usize = 44;
const GAP: usize = 8;
const HIGHEST: usize = 120;
const TOP: usize = 22;
const BELOW: usize = 26;

/// The range of a bar of a distribution: `30–39 %`.
pub(super) fn range(bar: usize) -> String {
    match bar {
        10.. => "100 %".to_owned(),
        bar => format!("{}–{} %", bar * 10, bar * 10 + 9),
    }
}

/// Draws how many submissions reached which share of the points.
pub(super) fn distribution(id: &str, bars: &[usize; BARS]) -> Markup {
    let most = bars.iter().copied().max().unwrap_or_default().max(1);
    let width = BARS * (BAR + GAP);
    let height = TOP + HIGHEST + BELOW;
    let told: Vec<String> = (0..)
        .zip(bars)
        .filter(|(_, count)| **count > 0)
        .map(|(bar, count)| format!("{count} at {}", range(bar)))
        .collect();
    html! {
        svg.distribution role="img" aria-labelledby=(id) viewBox={ "0 0 " (width) " " (height) } {
            title id=(id) { "Submissions by their share of the points: " (told.join(", ")) }
            @for (bar, count) in (0usize..).zip(bars) {
                @let tall = count * HIGHEST / most;
                @let x = bar * (BAR + GAP) + GAP / 2;
                @if *count > 0 {
                    rect class=(if bar == BARS - 1 { "all" } else { "part" })
                        x=(x) y=(TOP + HIGHEST - tall) width=(BAR) height=(tall.max(2)) rx="3" {}
                    text.count x=(x + BAR / 2) y=(TOP + HIGHEST - tall - 6) { (count) }
                }
                text.tick x=(x + BAR / 2) y=(TOP + HIGHEST + 18) {
                    (if bar == BARS - 1 { "100 %".to_owned() } else { format!("{}+", bar * 10) })
                }
            }
            line.axis x1="0" x2=(width) y1=(TOP + HIGHEST) y2=(TOP + HIGHEST) {}
        }
    }
}

/// A share, as an ornament beside its number.
pub(super) fn share(part: usize, whole: usize) -> Markup {
    let wide = part * 100 / whole.max(1);
    html! {
        svg.share aria-hidden="true" viewBox="0 0 100 10" preserveAspectRatio="none" {
            rect.ground x="0" y="0" width="100" height="10" {}
            rect.good x="0" y="0" width=(wide) height="10" {}
        }
    }
}
