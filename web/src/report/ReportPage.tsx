import { useEffect } from 'preact/hooks';
import { theClassification } from '../shared/classification';
import { LanguageSwitch, ThemeSwitch } from '../shared/parts/Bar';
import { EmptyState, ErrorState, Skeleton } from '../shared/parts/States';
import { SyntheticTag } from '../shared/parts/SyntheticTag';
import { readSession, session, sessionProblem, signInAddress } from '../shared/session';
import { sharedWords } from '../shared/words';
import { startSending } from '../street/sender';
import { MyReports, theReports } from './MyReports';
import { ReportForm } from './ReportForm';
import { reportWords } from './words';
import '../shared/parts/panel.css';
import '../street/street.css';
import './report.css';

/** For residents: say what is wrong and where, then see what is done about it. */
export function ReportPage() {
  const t = reportWords();
  useEffect(() => {
    void readSession();
    void theClassification.put();
    startSending();
  }, []);
  const here = session.value;
  useEffect(() => {
    if (here?.signed_in) void theReports.put();
  }, [here?.signed_in]);
  return (
    <div class="report">
      <header class="phone__head">
        <b>{sharedWords().product}</b>
        <SyntheticTag />
        <span class="phone__room" />
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main>
        {!here && !sessionProblem.value && <Skeleton lines={8} />}
        {!here && sessionProblem.value && (
          <ErrorState problem={sessionProblem.value} retry={() => void readSession()} />
        )}
        {here?.signed_in && (
          <>
            <ReportForm />
            <MyReports />
          </>
        )}
        {here && !here.signed_in && (
          <EmptyState
            icon="sign-in"
            title={t.signInFirst}
            act={
              <a class="button button--primary" href={signInAddress()}>
                {t.signIn}
              </a>
            }
          />
        )}
      </main>
    </div>
  );
}
