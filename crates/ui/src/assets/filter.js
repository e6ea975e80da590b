// Filter forms that search as one types: the same GET request, of whose answer only the results are taken over.

const wait = 180;

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
      const answer = await fetch(address, { signal: running.signal, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return form.submit();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const now of document.querySelectorAll("[data-results]")) {
        const next = page.getElementById(now.id);
        if (!next) continue;
        now.replaceChildren(...next.childNodes);
        now.dispatchEvent(new Event("replaced", { bubbles: true }));
      }
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, wait);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    refresh();
  });
}
