const mebibytes: Readonly<Record<string, number>> = { K: 2 ** -10, M: 1, '': 1, G: 2 ** 10, T: 2 ** 20 };

/** Memory as Slurm has it, `512`, `512M`, `16G`, `16GB`: mebibytes, rounded up. Undefined when it is none. */
export function parseMemory(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/.exec(text.trim().toUpperCase()) ?? [];
  const factor = mebibytes[unit];
  return digits === undefined || factor === undefined ? undefined : Math.ceil(Number(digits) * factor);
}

/**
 * A time as `--time` has it: minutes, `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`. Infinity for no limit; undefined when it
 * is none of these. https://slurm.schedmd.com/sbatch.html#OPT_time
 */
export function parseTime(text: string): number | undefined {
  const word = text.trim();
  if (/^(unlimited|infinite|-1)$/i.test(word)) return Number.POSITIVE_INFINITY;
  const [, days, clock] = /^(?:(\d+)-)?(\d+(?::\d+){0,2})$/.exec(word) ?? [];
  if (clock === undefined) return undefined;
  const parts = clock.split(':').map(Number);
  const [first = 0, second = 0, third = 0] = parts;
  if (days !== undefined) return Number(days) * 86_400 + first * 3_600 + second * 60 + third;
  return parts.length === 3 ? first * 3_600 + second * 60 + third : first * 60 + second;
}

/** A time in whole seconds as squeue and scontrol show it: `5:00`, `1:30:00`, `10-00:00:00`. */
export function renderDuration(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const [minutes, rest] = [Math.floor(seconds / 60), two(seconds % 60)];
  if (minutes < 60) return `${minutes}:${rest}`;
  const hours = Math.floor(minutes / 60);
  const clock = `${two(minutes % 60)}:${rest}`;
  return hours < 24 ? `${hours}:${clock}` : `${Math.floor(hours / 24)}-${two(hours % 24)}:${clock}`;
}
