"""German words that say nothing about a topic: articles, pronouns, prepositions, auxiliary verbs, courtesies."""

GERMAN = frozenset(
    """
    aber alle allem allen aller alles als also am an andere anderen anderer anders auch auf aus bald bei
    beim bereits besten bevor bin bis bisher bitte bitten bleiben bleibt brauche brauchen braucht da dabei
    dadurch dafür daher damals damen damit danach dank dankbar danke dann daran darauf darf darum das dass
    davon dazu dein deine dem den denn der deren des deshalb dessen die dies diese diesem diesen dieser
    dieses doch dort durch dürfen ebenfalls ein eine einem einen einer eines einfach einige einmal endlich
    er erst es etwa etwas euch euer eure falls fast finden frau freundlich freundliche freundlichen für
    gab ganz gar geben geehrte geehrten gegen gehen geht gerade gern gerne gibt gleich gruß grüße grüßen
    gut guten hab habe haben hallo hat hatte hatten herr herren hier hätte hätten ihm ihn ihnen ihr ihre
    ihrem ihren ihrer ihres im immer in ins ist ja jede jedem jeden jeder jedes jemand jetzt kann kein
    keine keinem keinen keiner kommen kommt können könnte könnten lassen leider liebe lieber machen macht
    mal man mehr mein meine meinem meinen meiner melden mfg mich mir mit moin morgen muss möchte möchten
    müssen nach nachdem nein nicht nichts noch nun nur nächste nächsten ob oder ohne per rückmeldung sagen
    schon schöne schönen sehr seid sein seine seinem seinen seiner seit sich sie sind so sobald sofort
    solche soll sollen sollte sollten sondern sonst sowie tag tage tagen team um und uns unser unsere
    unserem unseren unserer unter viel viele vielen vom von vor vorab war waren warum was weder weil
    weiter weiß wenn wer werde werden wie wieder will wir wird wo woche wollen worden wurde wurden während
    würde würden zu zum zur zurück zwar zwischen über
    """.split()  # noqa: SIM905 -- a list of this length is read as a text
)
