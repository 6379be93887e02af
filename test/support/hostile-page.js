/**
 * Everything that a page may have a browser send without anybody's leave; runs in the page itself, as a script of it.
 * Says of each attempt what the page could read of an answer: nothing where that is undefined.
 *
 * @param {string} base where the service is, `http://127.0.0.1:8080` for example
 * @returns {Promise<{what: string, read: string | undefined}[]>}
 */
globalThis.attack = async function attack(base) {
  const posts = [
    '/execute',
    '/generate-and-execute',
    '/environments',
    '/mcp',
    '/dialects/code-cantation/execute',
    '/dialects/code-executor/execute',
    '/dialects/secure-python/execute',
    '/dialects/secure-python/generate-and-execute',
    '/dialects/quartermaster/run',
    '/dialects/quartermaster/prebuild',
    '/dialects/quartermaster/prebuilds/cleanup?max_age_days=0',
  ];
  const gets = ['/health', '/runtimes', '/environments', '/environments/default?import=os', '/openapi.json'];
  const json =
    '{"script": "def main(): pass", "code": "1", "query": "x", "tag": "t", "setup_script": "true"}';
  /** @type {() => [string, BodyInit | undefined][]} */
  const bodies = () => [
    ['without a body', undefined],
    ['without a type', new Blob([json])],
    ['as text', json],
    ['as a form', new URLSearchParams({ code: '1' })],
    ['as parts', new FormData()],
  ];
  const attempts = [];
  const note = async (what, ask) => {
    attempts.push({ what, read: await ask().catch(() => undefined) });
  };
  const read = async (path, init) => {
    const answer = await fetch(base + path, init);
    return answer.type === 'opaque' ? undefined : await answer.text();
  };
  for (const path of posts) {
    for (const mode of ['no-cors', 'cors'])
      for (const [how, body] of bodies())
        await note(`POST ${path} ${how}, ${mode}`, () =>
          read(path, { method: 'POST', mode, body: body ?? null }),
        );
    const headers = { 'content-type': 'application/json' };
    await note(`POST ${path} as JSON`, () => read(path, { method: 'POST', headers, body: json }));
    navigator.sendBeacon(base + path, new Blob([json]));
    navigator.sendBeacon(base + path, json);
    await new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.name = `frame-${path}`;
      frame.addEventListener('load', resolve, { once: true });
      const form = document.createElement('form');
      Object.assign(form, { method: 'post', action: base + path, enctype: 'text/plain', target: frame.name });
      const field = document.createElement('input');
      Object.assign(field, { name: json.slice(0, -1), value: '1}' });
      form.append(field);
      document.body.append(frame, form);
      frame.addEventListener('load', () => setTimeout(resolve, 50));
      form.submit();
    });
  }
  for (const path of [
    '/environments/default',
    '/dialects/quartermaster/prebuilds/x',
    '/environments?unused_days=0',
  ])
    await note(`DELETE ${path}`, () => read(path, { method: 'DELETE' }));
  for (const path of gets) {
    await note(`GET ${path}`, () => read(path, {}));
    await note(`GET ${path}, no-cors`, () => read(path, { mode: 'no-cors' }));
    for (const tag of ['img', 'script', 'iframe', 'link', 'video'])
      await new Promise((resolve) => {
        const element = document.createElement(tag);
        for (const event of ['load', 'error']) element.addEventListener(event, resolve, { once: true });
        if (tag === 'link') Object.assign(element, { rel: 'stylesheet', href: base + path });
        else Object.assign(element, { src: base + path });
        document.body.append(element);
      });
    await note(
      `EventSource ${path}`,
      () =>
        new Promise((resolve, reject) => {
          const source = new EventSource(base + path);
          source.addEventListener('message', ({ data }) => resolve(data));
          source.addEventListener('error', () => (source.close(), reject(new Error('refused'))));
        }),
    );
    await note(
      `WebSocket ${path}`,
      () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(base.replace('http', 'ws') + path);
          socket.addEventListener('open', () => resolve('open'));
          socket.addEventListener('error', () => reject(new Error('refused')));
        }),
    );
  }
  return attempts;
};
