// How far the reader is: beside each link to a page, how many of its questions are answered rightly. The questions keep
// the answers in this browser (thermolib/widgets/question/answers.js); the build writes how many a page has.
(() => {
  const KEY = "thermo-answers";
  const pages = /** @type {[string, number][]} */ (Object.entries(
    JSON.parse(document.getElementById("questions")?.textContent ?? "{}"),
  ));
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll(".bd-sidebar-primary .bd-links a, .chapter-cards a")
  );

  /** @returns {[string, { times: number }][]} */
  function answers() {
    try {
      return Object.entries(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
    } catch { // no storage, or nothing of ours in it
      return [];
    }
  }

  function show() {
    const right = answers().filter(([, one]) => one?.times > 0).map(([name]) => name.split("/")[0]);
    for (const link of links) {
      const { pathname } = new URL(link.href);
      const [page, all] = pages.find(([name]) => pathname.endsWith(`/${name}.html`)) ?? [];
      const done = page && right.filter((name) => page.endsWith(`/${name}`)).length;
      link.querySelector(".progress")?.remove();
      if (!done) continue;
      const mark = document.createElement("span");
      mark.className = "progress";
      mark.textContent = done >= all ? "✓" : `${done}/${all}`;
      mark.title = `${done} of ${all} questions answered rightly`;
      link.append(mark);
    }
  }
  addEventListener(KEY, show);
  addEventListener("storage", show); // answered in another window
  show();
})();
