// The trainings of this visit whose networks can be looked through: for the page that is loaded again, and its cards.

const STORE = "lab-trainings";

/** @typedef {import("../values.js").ProgressValue} ProgressValue */

/** @param {ProgressValue[]} runs */
export function store(runs) {
  try {
    sessionStorage.setItem(STORE, JSON.stringify(runs));
  } catch {} // a browser may not allow it; they are on the page all the same
}

/** @returns {ProgressValue[]} */
export function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
  } catch {
    return [];
  }
}

/** The names of their networks. */
export function mine() {
  return stored().map(({ name }) => name);
}
