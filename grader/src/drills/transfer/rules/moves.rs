//! Which transfers explain how balances have changed. The main function is [`explain`].

use std::collections::{BTreeMap, BTreeSet};

use play::world::audit::Transfer;

/// With more different transfers than the first, fewer are tried together, and fewer yet with more
/// than the second.
const FEW: usize = 7;
const MANY: usize = 12;

/// Transfers that explain this change, each used at most as often as given; `None` when none
/// do. Accounts between which nothing can have moved are looked at one after the other.
pub(super) fn explain(
    change: &BTreeMap<u32, i64>,
    may_move: &[(Transfer, usize)],
) -> Option<Vec<Transfer>> {
    let mut rest = change.clone();
    let mut others = may_move.to_vec();
    let mut moved = Vec::new();
    while let Some((account, _)) = rest.first_key_value() {
        let mut accounts = BTreeSet::from([*account]);
        let mut own = Vec::new();
        loop {
            let touches = |(it, _): &(Transfer, usize)| {
                accounts.contains(&it.from) || accounts.contains(&it.to)
            };
            let (touching, left): (Vec<_>, Vec<_>) = others.into_iter().partition(touches);
            others = left;
            if touching.is_empty() {
                break;
            }
            accounts.extend(touching.iter().flat_map(|(it, _)| [it.from, it.to]));
            own.extend(touching);
        }
        let of_them = accounts.iter();
        let of_them = of_them.filter_map(|account| Some((*account, rest.remove(account)?)));
        moved.extend(explain_together(&of_them.collect(), &own)?);
    }
    Some(moved)
}

/// The same, where some transfers are taken to be among those that explain it.
pub(super) fn explain_with(
    change: &BTreeMap<u32, i64>,
    moved: &[(Transfer, usize)],
    may_move: &[(Transfer, usize)],
) -> Option<Vec<Transfer>> {
    let mut rest = change.clone();
    let mut others = may_move.to_vec();
    for (it, times) in moved {
        let sum = it.amount * *times as i64;
        *rest.entry(it.from).or_default() += sum;
        *rest.entry(it.to).or_default() -= sum;
        for (other, left) in &mut others {
            if other == it {
                *left = left.saturating_sub(*times);
            }
        }
    }
    rest.retain(|_, change| *change != 0);
    others.retain(|(_, times)| *times > 0);
    let moved = moved
        .iter()
        .flat_map(|(it, times)| std::iter::repeat_n(*it, *times));
    let mut moved: Vec<Transfer> = moved.collect();
    moved.extend(explain(&rest, &others)?);
    Some(moved)
}

/// The fewest of these transfers that do. Few happen within one turn, so few are tried together;
/// or else all do, as where many begin before any of them moves.
fn explain_together(
    change: &BTreeMap<u32, i64>,
    may_move: &[(Transfer, usize)],
) -> Option<Vec<Transfer>> {
    let times: usize = may_move.iter().map(|(_, times)| times).sum();
    let most = match may_move.len() {
        few if few <= FEW => times.min(FEW),
        more if more <= MANY => 4,
        _ => 2,
    };
    let some = (0..=most).find_map(|moves| {
        let mut found = Vec::new();
        let mut rest = change.clone();
        search(&mut rest, may_move, moves, &mut found).then_some(found)
    });
    let all = || (times > 0).then(|| explain_with(change, may_move, &[]));
    some.or_else(|| all().flatten())
}

fn search(
    rest: &mut BTreeMap<u32, i64>,
    may_move: &[(Transfer, usize)],
    moves: usize,
    found: &mut Vec<Transfer>,
) -> bool {
    if moves == 0 {
        return rest.values().all(|change| *change == 0);
    }
    let Some(((transfer, times), others)) = may_move.split_first() else {
        return false;
    };
    for taken in 0..=moves.min(*times) {
        let sum = transfer.amount * taken as i64;
        *rest.entry(transfer.from).or_default() += sum;
        *rest.entry(transfer.to).or_default() -= sum;
        let place = found.len();
        found.extend(std::iter::repeat_n(*transfer, taken));
        if search(rest, others, moves - taken, found) {
            return true;
        }
        found.truncate(place);
        *rest.entry(transfer.from).or_default() -= sum;
        *rest.entry(transfer.to).or_default() += sum;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_explained_by_as_few_transfers_as_can_be() {
        let transfer = |from, to, amount| Transfer { from, to, amount };
        let (there, back) = (transfer(7, 8, 60), transfer(8, 7, 25));
        let all = [(there, 2), (back, 1), (transfer(7, 8, 35), 1)];
        let explained =
            |at_7: i64, at_8: i64| explain(&BTreeMap::from([(7, at_7), (8, at_8)]), &all);
        assert_eq!(explained(0, 0), Some(Vec::new()));
        assert_eq!(explained(-60, 60), Some(vec![there]));
        assert_eq!(explained(-120, 120), Some(vec![there, there]));
        assert_eq!(explained(25, -25), Some(vec![back]));
        assert_eq!(explained(-35, 35).map(|moves| moves.len()), Some(1));
        assert_eq!(explained(-180, 180), None);
        assert_eq!(explained(-60, 0), None);
    }

    #[test]
    fn all_that_are_there_may_move_at_once() {
        let transfer = |amount| Transfer {
            from: 7,
            to: 8,
            amount,
        };
        for many in [5, 12, 40] {
            let all: Vec<_> = (0..many).map(|nth| (transfer(100 + nth / 2), 1)).collect();
            let sum: i64 = all.iter().map(|(it, _)| it.amount).sum();
            let change = |less: i64| BTreeMap::from([(7, less - sum), (8, sum - less)]);
            let explained = explain(&change(0), &all).map(|moves| moves.len());
            assert_eq!(explained, Some(all.len()));
            assert_eq!(explain(&change(1), &all), None);
        }
    }

    #[test]
    fn opposite_transfers_of_one_amount_are_explained_where_both_are_known_to_have_moved() {
        let transfer = |from, to, amount| Transfer { from, to, amount };
        let (there, back) = (transfer(7, 8, 60), transfer(8, 7, 60));
        let told = [(there, 1), (back, 1)];
        let third = [(there, 1), (back, 1), (transfer(7, 9, 5), 1)];
        let nothing = explain_with(&BTreeMap::new(), &told, &told);
        assert_eq!(nothing, Some(vec![there, back]));
        let paid = BTreeMap::from([(7, -5), (9, 5)]);
        let paid = explain_with(&paid, &told, &third).expect("both, and the third");
        assert_eq!(paid.len(), 3);
        assert_eq!(explain_with(&BTreeMap::new(), &told[..1], &told[..1]), None);
    }

    #[test]
    fn many_transfers_at_once_are_explained_if_they_share_no_account() {
        let pair = |pair: u32| Transfer {
            from: 2 * pair,
            to: 2 * pair + 1,
            amount: 10,
        };
        let all: Vec<_> = (0..100).map(|number| (pair(number), 1)).collect();
        let mut change: BTreeMap<u32, i64> = (0..100)
            .flat_map(|pair| [(2 * pair, -10), (2 * pair + 1, 10)])
            .collect();
        assert_eq!(explain(&change, &all).map(|moves| moves.len()), Some(100));
        change.insert(7, 11);
        assert_eq!(explain(&change, &all), None);
    }
}
