/** A frame as either side writes it. */
export function frame(tag: string, payload: string, length = payload.length): Buffer {
  const header = Buffer.alloc(5);
  header.write(tag, 'latin1');
  header.writeUInt32BE(length, 1);
  return Buffer.concat([header, Buffer.from(payload, 'latin1')]);
}
