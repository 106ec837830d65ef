// What is said about a map: below it, and in place of it for those who cannot see it.

// The number of a channel's strongest cell; of weights, that is the one farthest from zero.
function strongest(part, channel, signed) {
  const size = (i) => (signed ? Math.abs(part.values[channel * part.area + i]) : part.values[channel * part.area + i]);
  let best = 0;
  for (let i = 1; i < part.area; i++) if (size(i) > size(best)) best = i;
  return best;
}

// A map's text alternative.
function alternative(section, side, channel) {
  const { layer, data } = section;
  const name = layer.strip ? layer.title : `Layer ${layer.number}, ${layer.fields ? "map" : "kernel"} ${channel + 1}`;
  const which = layer.pair ? `, ${SIDES[side]}` : "";
  if (side === "difference") {
    const [l2, cosine] = layer.apart[channel];
    return `${name}${which}: L2 ${number(l2)}, cosine ${cosine.toFixed(2)}`;
  }
  const part = data[side];
  if (part.lows[channel] === part.highs[channel]) return `${name}${which}: ${number(part.lows[channel])} everywhere`;
  const best = strongest(part, channel, !layer.fields && !layer.strip);
  const [, tiles, height, width] = sideOf({ section, side });
  const [row, column] = [Math.floor((best % (height * width)) / width), best % width];
  const classes = side === "b" ? layer.pairClasses : layer.classes;
  if (classes.length) return `${name}${which}: strongest for ${classes[column]}`;
  if (layer.strip) return `${name}${which}: strongest at value ${column + 1}`;
  const input = tiles > 1 ? ` for input ${Math.floor(best / (height * width)) + 1}` : "";
  return `${name}${which}: strongest${input} at row ${row + 1}, column ${column + 1}`;
}

function mean(part, channel) {
  return part.values.subarray(channel * part.area, (channel + 1) * part.area).reduce((sum, value) => sum + value, 0) / part.area;
}

// What stands under a channel's maps, line by line: how far A and B are apart, and their numbers on request.
function captionOf({ layer, data }, value, channel, side, range) {
  const apart = layer.apart?.[channel];
  const lines = apart ? [`L2 ${number(apart[0])} · cos ${apart[1].toFixed(2)}`] : [];
  if (value.scale === "map" && !layer.strip && !value.numbers) lines.push(`${number(range.low)} to ${number(range.high)}`);
  if (!value.numbers) return lines;
  const numbers = (part) => [`min ${number(part.lows[channel])}`, `max ${number(part.highs[channel])}`, `mean ${number(mean(part, channel))}`];
  if (!apart) return [...lines, ...numbers(data[side])];
  return [...lines, ...["a", "b"].filter((side) => data[side]).map((side) => `${SIDES[side]}: ${numbers(data[side]).join(", ")}`)];
}
