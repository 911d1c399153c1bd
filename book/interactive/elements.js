// @ts-check
// Fetches the modules of the elements in a page, and no others.

for (const name of ["schedule-walker", "predict-answer", "loop-strip", "drill-panel", "course-progress"]) {
  if (document.querySelector(name)) import(`./${name}.js`);
}
// Every page that `cargo learn` serves is told when the book was built again.
if (document.querySelector('meta[name="learn-token"]')) import("./learn.js");

export {};
