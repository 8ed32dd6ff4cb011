"use strict";
(() => {
  const root = document.documentElement;
  const form = document.getElementById("filters");
  const map = document.querySelector(".map");

  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : window.matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  // What is pointed at in the map, or has the focus, lights up with all it is joined with.
  const light = (node) => {
    for (const one of map.querySelectorAll(".lit")) one.classList.remove("lit");
    map.classList.toggle("chosen", node !== null);
    if (node === null) return;
    const name = node.dataset.node;
    const near = new Set([name, ...(node.dataset.joined || "").split(" ").filter(Boolean)]);
    const lit = new Set(near);
    for (const line of map.querySelectorAll("[data-ends]")) {
      const [from, to] = line.dataset.ends.split(" ");
      if (from === name || to === name || (near.has(from) && from !== name)) {
        line.classList.add("lit");
        lit.add(from).add(to);
      }
    }
    for (const one of map.querySelectorAll("[data-node]")) one.classList.toggle("lit", lit.has(one.dataset.node));
  };
  if (map !== null) {
    for (const node of map.querySelectorAll("[data-node]")) {
      node.addEventListener("mouseenter", () => light(node));
      node.addEventListener("mouseleave", () => light(null));
      node.addEventListener("focus", () => light(node));
      node.addEventListener("blur", () => light(null));
    }
  }

  if (form === null) return;
  const issues = [...document.querySelectorAll("#list > li > details")];
  const names = ["rule", "severity", "endpoint", "file", "words"];
  const texts = new Map();
  const text = (issue) => {
    if (!texts.has(issue)) texts.set(issue, issue.textContent.toLowerCase());
    return texts.get(issue);
  };
  const fits = (issue, wanted) =>
    (!wanted.rule || issue.dataset.rule === wanted.rule) &&
    (!wanted.severity || issue.dataset.severity === wanted.severity) &&
    (!wanted.file || issue.dataset.file === wanted.file) &&
    (!wanted.endpoint || issue.dataset.endpoints.split(" ").includes(wanted.endpoint)) &&
    (!wanted.words || wanted.words.toLowerCase().split(/\s+/).every((word) => text(issue).includes(word)));

  const show = () => {
    const wanted = Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]));
    let count = 0;
    for (const issue of issues) {
      const fit = fits(issue, wanted);
      issue.parentElement.hidden = !fit;
      if (fit) count += 1;
    }
    const all = issues.length;
    const noun = all === 1 ? "issue" : "issues";
    document.getElementById("count").textContent = count === all ? `${all} ${noun}` : `${count} of ${all} ${noun}`;
    return wanted;
  };
  const remember = () => {
    const wanted = show();
    const given = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
    history.replaceState(null, "", `#${given}` === "#" ? "#issues" : `#${given}`);
  };
  // `#rule=eager-load&severity=error` is a link to what the filters show.
  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    if (!names.some((name) => given.has(name))) {
      const meant = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (meant instanceof HTMLDetailsElement) meant.open = true;
      return;
    }
    for (const name of names) form.elements[name].value = given.get(name) || "";
    show();
    document.getElementById("issues").scrollIntoView();
    form.elements.rule.focus({ preventScroll: true });
  };

  form.addEventListener("input", remember);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(remember));
  window.addEventListener("hashchange", read);
  const opener = document.getElementById("open");
  opener.addEventListener("click", () => {
    const open = opener.textContent === "Open all";
    for (const issue of issues) if (!issue.parentElement.hidden) issue.open = open;
    opener.textContent = open ? "Close all" : "Open all";
  });

  // On paper nothing can be opened.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
  read();
})();
