// The opposite of pack() in maps.py: base64 -> for each layer its channels' lowest and highest values, what two neighbouring
// values of a channel are apart, and all cells.

// Writing and reading the stream by hand takes a millisecond; through a Blob and a Response it takes twenty.
async function inflate(base64) {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  writer.write(bytesOf(base64));
  writer.close();
  const reader = stream.readable.getReader();
  const chunks = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) chunks.push(part.value);
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole.buffer;
}

// shapes: [channels, tiles, height, width] of each layer, in order.
async function unpack(base64, top, shapes) {
  const buffer = await inflate(base64);
  const channels = shapes.reduce((sum, [count]) => sum + count, 0);
  const lows = new Float32Array(buffer, 0, channels);
  const highs = new Float32Array(buffer, 4 * channels, channels);
  const steps = top < 256 ? new Uint8Array(buffer, 8 * channels) : new Uint16Array(buffer, 8 * channels);
  let channel = 0;
  let at = 0;
  return shapes.map(([count, tiles, height, width]) => {
    const area = tiles * height * width;
    const values = new Float32Array(count * area);
    const sizes = new Float32Array(count);
    for (let c = 0; c < count; c++) {
      const low = lows[channel + c];
      const step = (sizes[c] = (highs[channel + c] - low) / top);
      for (let i = c * area; i < (c + 1) * area; i++) values[i] = low + steps[at++] * step;
    }
    const layer = { lows: lows.slice(channel, channel + count), highs: highs.slice(channel, channel + count), steps: sizes, values, area };
    channel += count;
    return layer;
  });
}
