// Prepare the assembled book for print: open what is folded, and put a table of contents behind the first page.
(() => {
  document.documentElement.dataset.theme = "light"; // a script of the theme's would have chosen
  for (const details of document.querySelectorAll("details:not(.hide)")) details.setAttribute("open", "");
  for (const image of document.querySelectorAll("img[loading=lazy]")) image.setAttribute("loading", "eager");

  // Sphinx marks where each page of the site begins.
  const documents = [...document.querySelectorAll("span[id^='document-']")].map((mark) =>
    mark.nextElementSibling
  );
  for (const section of documents) section.classList.add("document-start");

  // A chapter's further pages stand within its first one. Their headings are those of a page all the same.
  const level = (heading) => Number(heading.tagName[1]);
  const titles = new Map(
    documents.map((section) => [section, level(section.querySelector("h1, h2, h3, h4"))]),
  );
  for (const heading of document.querySelectorAll(".document-start :is(h3, h4, h5, h6)")) {
    const excess = titles.get(heading.closest(".document-start")) - 2;
    if (excess <= 0) continue;
    const raised = document.createElement(`h${level(heading) - excess}`);
    for (const { name, value } of heading.attributes) raised.setAttribute(name, value);
    raised.append(...heading.childNodes);
    heading.replaceWith(raised);
  }

  let entries = 0;
  const entry = (section) => {
    const heading = section.querySelector(":scope > :is(h1, h2, h3)");
    heading.querySelector(".headerlink")?.remove();
    heading.id = `contents-${++entries}`; // two pages of the site may have sections of one name
    const line = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: `#${heading.id}` });
    link.append(heading.textContent.trim(), document.createElement("span"));
    line.append(link);
    return line;
  };
  const list = (sections) => {
    const node = document.createElement("ol");
    node.append(...sections.map(entry));
    return node;
  };

  const contents = document.createElement("nav");
  contents.className = "printed-contents";
  contents.append(Object.assign(document.createElement("h2"), { textContent: "Contents" }), list(documents));
  documents.forEach((section, k) => {
    const within = [...section.querySelectorAll(":scope > section")];
    if (within.length) contents.querySelector("ol").children[k].append(list(within));
  });
  // Behind the landing page's opening: its title, its picture and its first words.
  const landing = document.querySelector(".bd-article section");
  landing.insertBefore(contents, landing.querySelector(":scope > section"));
  const next = contents.nextElementSibling;
  if (next) next.classList.add("document-start");
})();
