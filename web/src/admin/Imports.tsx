import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { dateAndTime, number } from '../shared/formats';
import { language } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { EmptyState, Shown, Skeleton } from '../shared/parts/States';
import { Table } from '../shared/parts/Table';
import { question } from '../shared/question';
import { attempt } from './attempt';
import { adminWords } from './words';

interface Import {
  dataset: string;
  version: number;
  loaded_at: string;
  loaded_by: string;
  source: string;
}
interface Report {
  id: string;
  at: string;
  by: string;
  what: string;
  source: string;
  rows: number;
  defects: number;
  taken: boolean;
}

const theImports = question<Import[]>((_, stop) => ask<Import[]>('/imports', { signal: stop }));
const theReports = question<Report[]>((_, stop) => ask<Report[]>('/import-reports', { signal: stop }));

/** What was brought in, what was refused and why, and which versions are in force. */
export function Imports() {
  const t = adminWords();
  const [reading, setReading] = useState<Report | null>(null);
  const again = () => {
    void theImports.put();
    void theReports.put();
  };
  useEffect(again, []);
  return (
    <>
      <h2>{t.importReports}</h2>
      <Shown asked={theReports.asked.value} retry={again} skeletonLines={3}>
        {reports =>
          reports.length === 0 ? (
            <EmptyState title={t.noReports}>{t.noReportsHint}</EmptyState>
          ) : (
            <Table
              caption={t.importReports}
              rows={reports}
              keyOf={one => one.id}
              columns={[
                { id: 'at', title: t.at, value: one => one.at, show: one => dateAndTime(one.at) },
                { id: 'what', title: t.dataset, value: one => one.what },
                { id: 'source', title: t.source, value: one => one.source },
                { id: 'by', title: t.by, value: one => one.by },
                { id: 'rows', title: t.rows, value: one => one.rows, show: one => number(one.rows) },
                {
                  id: 'defects',
                  title: t.defects,
                  value: one => one.defects,
                  show: one => number(one.defects),
                },
                { id: 'taken', title: t.state, value: one => (one.taken ? t.taken : t.refused) },
                {
                  id: 'read',
                  title: t.report,
                  value: () => '',
                  show: one => (
                    <Button look="quiet" icon="document" onClick={() => setReading(one)}>
                      {t.read}
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </Shown>
      <h2>{t.versions}</h2>
      <Shown asked={theImports.asked.value} retry={again}>
        {imports => (
          <Table
            caption={t.versions}
            rows={imports}
            keyOf={one => `${one.dataset}/${one.version}`}
            columns={[
              { id: 'dataset', title: t.dataset, value: one => one.dataset },
              { id: 'version', title: t.version, value: one => one.version },
              { id: 'at', title: t.at, value: one => one.loaded_at, show: one => dateAndTime(one.loaded_at) },
              { id: 'by', title: t.by, value: one => one.loaded_by },
              { id: 'source', title: t.source, value: one => one.source },
            ]}
          />
        )}
      </Shown>
      {reading && <Words report={reading} onClose={() => setReading(null)} />}
    </>
  );
}

function Words({ report, onClose }: { report: Report; onClose: () => void }) {
  const [words, setWords] = useState<{ words: string; words_en: string } | null>(null);
  useEffect(() => void attempt(async () => setWords(await ask(`/import-reports/${report.id}`))), [report.id]);
  return (
    <Dialog title={report.source} onClose={onClose}>
      {words ? (
        <pre class="admin__report">{language.value === 'en' ? words.words_en : words.words}</pre>
      ) : (
        <Skeleton lines={6} />
      )}
    </Dialog>
  );
}
