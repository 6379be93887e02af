import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

// The ways out are attacks/catalogue/network.ts.
describeInJail('network', (arena) => {
  it('a server and its client within one script work: the loopback is up', async () => {
    const lines = `
import threading
s = socket.create_server(('127.0.0.1', 0))
def answer():
    c, _ = s.accept(); c.sendall(c.recv(9).upper()); c.close()
threading.Thread(target=answer).start()
c = socket.create_connection(s.getsockname()); c.sendall(b'hello')
return c.recv(9).decode()`;
    expect(await arena.attack(lines)).toBe('HELLO');
  });
});
