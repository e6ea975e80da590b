// Times in the reader's own zone. The server has written them in UTC.

const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function localize(within) {
  for (const time of within.querySelectorAll("time[data-time]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = `${full.format(at)} (${zone})`;
    if (time.dataset.time === "full") time.textContent = full.format(at);
    if (time.dataset.time === "date") time.textContent = day.format(at);
  }
}

localize(document);
document.addEventListener("replaced", (event) => localize(event.target));
