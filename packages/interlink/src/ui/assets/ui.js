// The pages are whole without this script; it keeps them current. It writes text, never HTML that it has made itself.
(() => {
  const live = document.getElementById('live');
  const say = (text, isWell) => {
    if (live === null) return;
    live.textContent = text;
    live.classList.toggle('ill', !isWell);
  };

  // Ages count on.
  const age = (seconds) => {
    const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(seconds / unit));
    if (seconds < 120) return `${seconds}s`;
    if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
    if (hours < 3) return `${minutes}m`;
    if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
    return hours < 48 ? `${hours}h` : `${days}d`;
  };
  setInterval(() => {
    for (const each of document.querySelectorAll('time[data-age]')) {
      const text = age(Math.max(0, Math.floor((Date.now() - Date.parse(each.dateTime)) / 1000)));
      if (each.textContent !== text) each.textContent = text;
    }
  }, 10_000);

  // Parts of the page that the server renders anew, at most every five seconds; what is open or has the focus stays as it is.
  let isAsked = false;
  const refresh = async () => {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (response.redirected) return location.assign('/ui/sign-in');
    if (!response.ok) return say('This is gone', false);
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const part of document.querySelectorAll('[data-live]')) {
      const isInUse = part.contains(document.activeElement) || part.querySelector('details[open]') !== null;
      const next = fresh.getElementById(part.id);
      if (next !== null && !isInUse && next.innerHTML !== part.innerHTML) part.replaceWith(next);
    }
  };
  const refreshSoon = () => {
    if (isAsked || document.querySelector('[data-live]') === null) return;
    isAsked = true;
    setTimeout(() => {
      isAsked = false;
      refresh().catch(() => undefined);
    }, 5_000);
  };

  // Rows of a list change one by one; what would move them waits for the reader.
  const news = document.getElementById('news');
  const unseen = new Set();
  const takeRow = ({ uid, cells }) => {
    const row = document.getElementById(`pod-${uid}`);
    if (row === null) return void unseen.add(uid);
    for (const cell of row.querySelectorAll('[data-cell]')) {
      const text = cells[cell.dataset.cell] ?? '';
      if (cell.textContent !== text) cell.textContent = text;
    }
    row.className = `state-${cells.state}`;
  };
  const takeGone = (uid) => {
    unseen.delete(uid);
    const row = document.getElementById(`pod-${uid}`);
    if (row === null) return;
    row.className = 'gone';
    const state = row.querySelector('[data-cell=state]');
    if (state !== null) state.textContent = 'Gone';
  };
  const takeChanges = ({ rows, gone }) => {
    const shown = document.querySelector('[data-uid]')?.dataset.uid;
    if (shown === undefined || rows.some(({ uid }) => uid === shown) || gone.includes(shown)) refreshSoon();
    if (news === null) return;
    for (const row of rows) takeRow(row);
    for (const uid of gone) takeGone(uid);
    news.hidden = unseen.size === 0;
    news.href = location.href;
    news.textContent = `${unseen.size} more changed that are not shown here: load again`;
  };

  const { after } = document.body.dataset;
  if (after !== undefined) {
    const source = new EventSource(`/ui/events?watch=true&after=${encodeURIComponent(after)}`);
    source.addEventListener('open', () => say('live', true));
    source.addEventListener('error', () => {
      say(source.readyState === EventSource.CLOSED ? 'not live: load again' : 'not live: trying again', false);
    });
    source.addEventListener('pods', ({ data }) => takeChanges(JSON.parse(data)));
    source.addEventListener('stale', () => {
      source.close();
      say('out of date: load again', false);
    });
    setInterval(refreshSoon, 60_000);
  }

  // The log, followed: kept at its end as long as the reader is there, and no longer than he can read.
  const log = document.getElementById('log');
  const maxLength = 500_000;
  const followLog = async () => {
    const state = document.getElementById('log-state');
    const response = await fetch(log.dataset.source);
    if (!response.ok || response.body === null) {
      state.textContent = await response.text();
      return;
    }
    state.textContent = 'followed';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
      log.append(text);
      log.normalize();
      const { firstChild } = log;
      if (firstChild.length > maxLength) firstChild.deleteData(0, firstChild.length - maxLength);
      if (isAtEnd) log.scrollTop = log.scrollHeight;
    }
    state.textContent = 'at its end';
  };
  if (log !== null) {
    followLog().catch(() => {
      document.getElementById('log-state').textContent = 'broken off: load again';
    });
  }
})();
