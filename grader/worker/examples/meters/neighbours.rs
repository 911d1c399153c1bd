//! Busy neighbours: child processes of this executable that only spin.

use std::process::{Child, Command};
use std::time::Duration;

const NAME: &str = "a-busy-neighbour";

/// Running until dropped, or until this process ends.
pub(crate) struct Neighbours(Vec<Child>);

impl Neighbours {
    pub(crate) fn start(count: usize) -> std::io::Result<Neighbours> {
        let mut neighbours = Neighbours(Vec::new());
        for _ in 0..count {
            let child = Command::new(std::env::current_exe()?).arg(NAME).spawn()?;
            neighbours.0.push(child);
        }
        // Wait until all have begun to spin.
        std::thread::sleep(Duration::from_millis(300));
        Ok(neighbours)
    }
}

impl Drop for Neighbours {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // An error only means that it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Never returns in a process that was started to be a neighbour.
pub(crate) fn be_one_if_asked() {
    if std::env::args().nth(1).is_none_or(|it| it != NAME) {
        return;
    }
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .expect("a process may ask for that");
    loop {
        std::hint::spin_loop();
    }
}
