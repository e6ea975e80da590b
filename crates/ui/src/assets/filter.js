// Filter forms that search as one types, and parts that are kept fresh: a GET request, of whose answer the results are taken over.

// Takes over what differs and leaves the rest: nothing moves, is read out or loses the focus without a reason.
function renew(now, next) {
  if (now.open) next.open = true;
  if (now.isEqualNode(next)) return;
  if (now.matches?.("[role=log] ol")) return follow(now, next);
  const [before, after] = [[...now.childNodes], [...next.childNodes]];
  const isAlike = now.cloneNode(false).isEqualNode(next.cloneNode(false));
  if (isAlike && before.length === after.length) before.forEach((one, at) => renew(one, after[at]));
  else if (now.contains(document.activeElement)) return;
  else if (isAlike) now.replaceChildren(...after);
  else now.replaceWith(next);
}

// The lines of a log stay where they are read; new ones come between or after them, and the oldest go. A line may be there twice.
function follow(now, next) {
  const keyed = ({ children }) => {
    const times = new Map();
    return [...children].map((line) => {
      const key = line.firstElementChild.dateTime + line.textContent;
      times.set(key, (times.get(key) ?? 0) + 1);
      return [times.get(key) + key, line];
    });
  };
  const known = new Map(keyed(now));
  const lines = keyed(next).map(([key, line]) => known.get(key) ?? line);
  let after = null;
  for (const line of [...lines].reverse()) {
    if (line.parentNode !== now) now.insertBefore(line, after);
    after = line;
  }
  for (const line of known.values()) if (!lines.includes(line)) line.remove();
}

async function take(address, signal) {
  const answer = await fetch(address, { signal, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw Object.assign(new Error("another page"), { status: answer.status });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.dispatchEvent(new CustomEvent("fetched", { detail: page }));
  for (const now of document.querySelectorAll("[data-results]")) {
    const next = page.getElementById(now.id);
    if (next) renew(now, next);
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
// What is gone, or no longer for the reader, says so.
const leave = ({ status }) => [403, 404].includes(status) && location.reload();
if (every) setInterval(() => isRead() || take(location.href).catch(leave), every * 1000);
