import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import type { ConformanceReport } from './report.ts';
import { renderText } from './text.ts';

export const reportFormats = ['text', 'json', 'junit'] as const;
export type ReportFormat = (typeof reportFormats)[number];

const renderers: Readonly<Record<ReportFormat, (report: ConformanceReport) => string>> = {
  text: renderText,
  json: renderJson,
  junit: renderJunit,
};

export function renderReport(report: ConformanceReport, format: ReportFormat): string {
  return renderers[format](report);
}
