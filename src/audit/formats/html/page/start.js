// Shows what the address says, and listens.

let state;
let shownAddress;
let leftFrom; // the finding whose object was opened last: the focus goes back to it

function show(given = readState()) {
  const before = state;
  state = given;
  shownAddress = location.hash;
  const object = objectsByKey.get(state.object);
  const { fitting, numbers } = select(state);
  const query = byId("query");
  if (query.value !== state.search) query.value = state.search;
  byId("suppressed").checked = state.suppressed;
  byId("list-view").hidden = Boolean(object);
  byId("object-view").hidden = !object;
  if (object) {
    drawObject(object, state, fitting);
    leftFrom = state.finding || leftFrom;
    const pointed = state.finding && pointAt(state.finding, before?.object !== state.object);
    if (!pointed && before?.object !== state.object) {
      scrollTo(0, 0);
      byId("object-title").focus({ preventScroll: true });
    }
  } else {
    drawPictures(state, numbers);
    drawTable(state, fitting);
    if (before?.object) comeBack(fitting);
  }
}

// Back in the list, one is where one was.
function comeBack(fitting) {
  const index = fitting.findIndex((finding) => finding.fingerprint === leftFrom) - (state.page - 1) * ON_A_PAGE;
  const link = byId("rows").children[index]?.querySelector("a");
  link?.scrollIntoView({ block: "center" });
  (link ?? byId("heading")).focus({ preventScroll: true });
}

function startTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const button = byId("theme");
  const draw = () => button.setAttribute("aria-pressed", String((root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark"));
  // Some browsers keep nothing for files: then the choice lasts as long as the page.
  try {
    const kept = localStorage.getItem("tidegate-theme");
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  } catch { /* as above */ }
  button.addEventListener("click", () => {
    root.dataset.theme = button.getAttribute("aria-pressed") === "true" ? "light" : "dark";
    try {
      localStorage.setItem("tidegate-theme", root.dataset.theme);
    } catch { /* as above */ }
    draw();
  });
  dark.addEventListener("change", draw);
  draw();
}

document.documentElement.classList.add("with-script");
startTheme();
startPictures();
startTable();
for (const link of document.querySelectorAll("[data-object]")) {
  link.href = addressOf({ ...readState(), finding: "", object: objects[Number(link.dataset.object)].key });
}
document.querySelector(".skip").addEventListener("click", (event) => {
  // The address is taken: the link must not become part of it.
  event.preventDefault();
  const to = byId("object-view").hidden ? byId("results") : byId("object-title");
  to.focus();
  to.scrollIntoView();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !byId("object-view").hidden) byId("back").click();
});
// Browsers tell of a new address in either way or in both.
for (const told of ["popstate", "hashchange"]) {
  addEventListener(told, () => {
    if (location.hash !== shownAddress) show();
  });
}
addEventListener("beforeprint", drawForPrint);
addEventListener("afterprint", tidyAfterPrint);
history.scrollRestoration = "manual";
show();
