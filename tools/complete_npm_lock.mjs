// Adds to admin-ui/package-lock.json the optional packages of other platforms that npm has left out.
//
// npm writes only those that the registry it talked to could describe, and `npm ci` then refuses the
// lock everywhere. Run after `npm install`; does nothing when the lock is complete.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../admin-ui/package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const systems = ["android", "darwin", "freebsd", "linux", "openbsd", "netbsd", "sunos", "aix", "openharmony", "win32"];
const processors = ["arm64", "x64", "arm", "ia32", "ppc64", "riscv64", "s390x", "loong64", "mips64el", "wasm32"];
let added = 0;

for (const [path, owner] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
    if (places.some((place) => lock.packages[place])) continue;
    const words = name.split(/[-/]/);
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(processors.some((p) => words.includes(p)) && { cpu: processors.filter((p) => words.includes(p)) }),
      ...(owner.dev && { dev: true }),
      ...(words.includes("musl") && { libc: ["musl"] }),
      optional: true,
      ...(systems.some((s) => words.includes(s)) && { os: systems.filter((s) => words.includes(s)) }),
    };
    added += 1;
  }
}

if (added) {
  const root = lock.packages[""];
  const sorted = Object.fromEntries(Object.entries(lock.packages).filter(([k]) => k).sort(([a], [b]) => (a < b ? -1 : 1)));
  lock.packages = { "": root, ...sorted };
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(`${added} packages added`);
