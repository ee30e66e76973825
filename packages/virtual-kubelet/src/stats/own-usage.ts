/** What this process uses: CPU time since its start, memory now. */
export function ownUsage(): { cpuNanoseconds: bigint; residentBytes: number } {
  const { user, system } = process.cpuUsage();
  return { cpuNanoseconds: BigInt(user + system) * 1_000n, residentBytes: process.memoryUsage.rss() };
}
