// Filter forms that search as one types, and parts that are kept fresh: a GET request, of whose answer the results are taken over.

async function take(address, signal) {
  const answer = await fetch(address, { signal, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const now of document.querySelectorAll("[data-results]")) {
    const next = page.getElementById(now.id);
    if (!next || now.contains(document.activeElement)) continue;
    now.replaceChildren(...next.childNodes);
    now.dispatchEvent(new Event("replaced", { bubbles: true }));
  }
}

for (const form of document.querySelectorAll("form[data-filter]")) {
  let timer;
  let running;

  async function refresh() {
    running?.abort();
    running = new AbortController();
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = new URL(form.action);
    address.search = new URLSearchParams(filled).toString();
    try {
      await take(address, running.signal);
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 180);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    refresh();
  });
}

// A text that is being selected would be lost.
const isRead = () => document.hidden || !getSelection().isCollapsed;
const every = document.querySelector("[data-every]")?.dataset.every;
if (every) setInterval(() => isRead() || take(location.href).catch(() => {}), every * 1000);
