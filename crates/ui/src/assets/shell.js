// Menus that close, the search key, copy buttons and the choice of theme. Everything works without this file, too.

const root = document.documentElement;

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  }
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});

const announcer = document.createElement("p");
announcer.className = "sr";
announcer.setAttribute("role", "status");
document.body.append(announcer);

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const source = button.dataset.copy
    ? document.getElementById(button.dataset.copy)
    : button.parentElement.querySelector("[data-copy-source]");
  let told = "Copied";
  try {
    await navigator.clipboard.writeText("value" in source ? source.value : source.textContent);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1600);
  } catch {
    // Without a secure context there is no clipboard; the text is selected, so that the keyboard can copy it.
    getSelection()?.selectAllChildren(source);
    told = "Selected; press Ctrl+C to copy";
  }
  announcer.textContent = told;
  const words = button.querySelector("span");
  if (words) {
    const before = (button.dataset.words ??= words.textContent);
    words.textContent = told;
    setTimeout(() => (words.textContent = before), 1600);
  }
});

for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("submit", (event) => {
    const chosen = event.submitter?.value;
    if (!chosen) return;
    event.preventDefault();
    root.dataset.theme = chosen;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    }
    const menu = form.closest("details");
    if (menu) menu.open = false;
  });
}

// On a narrow screen the navigation is a strip that may hide the section one is in.
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A form that was refused begins where something is wrong.
document.querySelector("main [aria-invalid=true]")?.focus();
