// A copy of the course that a test may write in, and the real `cargo learn` in it.

import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const program = join(target, "grader/grader");

/** Everything that a learner's clone needs. */
const PARTS = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "book.toml", "book", "exercises", "solutions", "grader"];

/** The crates that submissions are linked with, as they were built last for this repository. */
function prepared() {
  const folder = join(target, "grader/prepared");
  const all = existsSync(folder) ? readdirSync(folder).map((key) => join(folder, key, "prepared.json")).filter(existsSync) : [];
  const [newest] = all.toSorted((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  return newest && JSON.parse(readFileSync(newest, "utf8"));
}

export class CourseCopy {
  folder = mkdtempSync(join(tmpdir(), "between-awaits-"));
  port = 0;
  /** Once it is shown, the browser keeps it as a cookie. */
  key = "";
  /** The program's output. */
  said = "";
  #child;
  /** @type {NodeJS.ProcessEnv} */
  #environment = { ...process.env, CARGO_TARGET_DIR: join(this.folder, "target") };
  #gone = Promise.resolve();

  constructor() {
    if (!existsSync(program)) throw new Error(`no ${program}; build it: cargo build --profile grader -p grader`);
    const isOurs = (path) => !["target", "node_modules", ".learner"].includes(basename(path));
    for (const part of PARTS) cpSync(join(root, part), join(this.folder, part), { recursive: true, filter: isOurs });
    // Under root a submission runs as a user of its own, who has to get there.
    chmodSync(this.folder, 0o755);
    this.#standInForCargo();
    // The stubs as shipped, whatever a learner's file in this repository holds.
    for (const slug of ["cache_race", "inflight_fix", "offload"]) this.save(slug, this.solution(slug, "stub.rs"));
  }

  /** A toolchain whose cargo builds nothing and names what was built before, as the
   * grader's own tests have it: this saves a minute. Otherwise cargo builds everything. */
  #standInForCargo() {
    const built = prepared();
    if (!built) return;
    const bin = join(this.folder, "toolchain");
    const messages = [
      ...Object.entries(built.externs).map(([name, file]) => ({ reason: "compiler-artifact", target: { name }, filenames: [file] })),
      { reason: "compiler-artifact", target: { name: "launcher" }, filenames: [], executable: built.launcher },
      { reason: "compiler-artifact", target: { name: "seal" }, filenames: [built.seal] },
    ];
    const lines = ["#!/bin/sh", 'mkdir -p "$CARGO_TARGET_DIR/release"', `ln -s '${built.deps}' "$CARGO_TARGET_DIR/release/deps"`,
      "cat <<'END'", ...messages.map((message) => JSON.stringify(message)), "END", ""];
    mkdirSync(bin);
    writeFileSync(join(bin, "cargo"), lines.join("\n"), { mode: 0o755 });
    const sysroot = execFileSync("rustc", ["--print", "sysroot"], { cwd: root, encoding: "utf8" }).trim();
    symlinkSync(join(sysroot, "bin/rustc"), join(bin, "rustc"));
    this.#environment.CARGO = join(bin, "cargo");
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The address that the program prints. */
  get address() {
    return `${this.origin}/?key=${this.key}`;
  }

  /** The headers for a request that no browser makes. */
  get known() {
    return { headers: { cookie: `learn-${this.port}=${this.key}` } };
  }

  /** A file of the course's own, as text. */
  solution(slug, file) {
    return readFileSync(join(this.folder, "solutions", slug, file), "utf8");
  }

  /** Saves a drill's file as most editors do: another file takes its place. */
  save(slug, text) {
    this.saveAs(`exercises/${slug}/src/lib.rs`, text);
  }

  /** Saves one of its files in that way. */
  saveAs(name, text) {
    const file = join(this.folder, name);
    writeFileSync(`${file}~`, text);
    renameSync(`${file}~`, file);
  }

  /** Appends to one of its files. */
  add(file, text) {
    appendFileSync(join(this.folder, file), text);
  }

  /** Starts `cargo learn` and waits for its book; at the same port, when it was started before. */
  async start() {
    const said = this.said.length;
    const child = spawn(program, ["learn", "--port", String(this.port), "--editor", "vscode"], {
      cwd: this.folder,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#gone = new Promise((resolve) => child.on("exit", resolve));
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (this.said += text));
    for (;;) {
      // It prints the address once the book is there.
      const [, port, key] = this.said.slice(said).match(/the book: http:\/\/127\.0\.0\.1:(\d+)\/\?key=(\w+)\n/) ?? [];
      if (port) {
        this.port = Number(port);
        this.key = key;
        return;
      }
      if (child.exitCode !== null) throw new Error(`\`cargo learn\` ended:\n${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** @param {NodeJS.Signals} signal */
  async stop(signal = "SIGTERM") {
    this.#child?.kill(signal);
    await this.#gone;
  }

  async remove() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
