"""The gravest orders in the languages that injections are written in; all folded to small letters."""

from __future__ import annotations

from trace2skill.lint.phrases import Phrase

OVERRIDES = (
    Phrase(
        "(?:忽略|无视|無視|忘记|忘掉|忘記|抛开|不要理会|不必遵守|不再遵守|不用遵守|覆盖|丢弃|停止遵循)[^\n。]{0,16}?(?:之前|先前|以前|此前|上述|以上|前面|原有"
        "|原来|系统|系統|所有|一切|你的)"
        "[^\n。]{0,10}?(?:指令|指示|提示词|提示|规则|規則|要求|说明|限制|命令)",
        "忽略|无视|無視|忘|抛开|理会|遵守|覆盖|丢弃|遵循",
    ),
    Phrase(
        "(?:игнорируй|проигнорируй|забудь|не обращай|отбрось|не следуй|отмени|пренебреги|не учитывай"
        "|не соблюдай|отложи)(?:те)?[а-яё, ]{0,40}?"
        "(?:предыдущ|прежн|прошл|ранее|системн|исходн|все |вышеуказанн|выше)[а-яё ]{0,40}?(?:инструкци"
        "|указани|команд|правил|ограничени|директив|подсказ)",
        "инструкци|указани|команд|правил|ограничени|директив|подсказ",
    ),
    Phrase(
        r"\b(?:ignor[aeo]\w{0,4}|olvid[ae]\w{0,4}|descart[ae]\w{0,4}|omit[ae]\w{0,3}|no sig(?:as|a|an)"
        r"|pas[ae] por alto|ha(?:z|ga|gan) caso omiso de|dej[ae] de lado|ignor[ae]\w{0,2}|esque(?:ça|ce"
        r"|çam)\w{0,2}"
        r"|desconsider[ae]\w{0,2}|não sig(?:a|am)"
        r"|deixe de lado)\s[\wáéíóúñçãõâê ]{0,40}?(?:instrucciones|reglas|órdenes|indicaciones"
        r"|directrices|restricciones|instruções|regras|ordens|diretrizes|restrições)"
        r"\s[\wáéíóúñç ]{0,16}?(?:anterior|previ|prévi|sistema|original|de arriba|acima|recibid|recebid"
        r"|dad[ao]s)"
        r"|\b(?:ignor|olvid|descart|desconsider|esqueç)\w{0,4}\s(?:todas |todo |las |as |tus "
        r"|suas )*(?:anteriores|previas|prévias) (?:instrucciones|reglas|órdenes|instruções|regras"
        r"|ordens)",
        "instrucciones|reglas|órdenes|indicaciones|directrices|restricciones|instruções|regras|ordens"
        "|diretrizes|restrições",
    ),
    Phrase(
        r"\b(?:ignore[rz]?|oublie[rz]?|fai(?:s|tes) abstraction d|ne (?:tiens|tenez) (?:pas"
        r"|plus) compte d|ne (?:suis|suivez) (?:plus|pas)|écarte[rz]?|néglige[rz]?|abandonne[rz]?"
        r"|fai(?:s|tes) fi d)"
        r"[\wàâéèêëîïôûç' ]{0,40}?(?:instructions?|consignes?|règles?|directives?|ordres?"
        r"|restrictions?)\s[\wàâéèê ]{0,16}?(?:précédent|antérieur|ci-dessus|initial|système|reçu"
        r"|plus haut|d'origine)",
        "précédent|antérieur|ci-dessus|initial|système|reçu|plus haut|origine",
    ),
    Phrase(
        r"\b(?:ignorier\w{0,2}|vergiss|vergesst|vergessen sie|missachte\w{0,2}|verwirf|verwerfen sie"
        r"|übergeh\w{0,2}|setz\w{0,3} (?:dich|sie sich) über|beacht\w{0,3} (?:nicht|keine)"
        r"|befolg\w{0,3} (?:nicht|keine))"
        r"\s[a-zäöüß ]{0,40}?(?:vorherig|bisherig|obig|früher|vorangegangen|ursprünglich|vorig|system"
        r"|sicherheits|all)\w{0,5} ?-?(?:anweisung|instruktion|befehl|regel|vorgabe|richtlinie|prompt"
        r"|einschränkung)",
        "anweisung|instruktion|befehl|regel|vorgabe|richtlinie|prompt|einschränkung",
    ),
    Phrase(
        "(?:以前|これまで|上記|前|先ほど|既存|システム|すべて|全て|元)の[^\n。]{0,14}?(?:指示|命令|指令|ルール|プロンプト|制約"
        "|規則)[^\n。]{0,12}?(?:無視|忘れ|従わな|破棄|従う必要は)",
        "無視|忘れ|従わな|破棄|従う",
    ),
    Phrase(
        "(?:이전|기존|위의|앞의|앞선|시스템|모든|지금까지)[^\n.]{0,14}?(?:지시|명령|지침|규칙|프롬프트|제한)[^\n.]{0,12}?(?:무시|잊|따르지|폐기)",
        "무시|잊|따르지|폐기",
    ),
    Phrase(
        "(?:تجاهل|انس|أهمل|اترك|لا تتبع|تخلَّ عن|الغ)[^\n.]{0,30}?(?:التعليمات|الأوامر|القواعد|الإرشادات"
        "|التوجيهات|القيود)[^\n.]{0,24}?(?:السابق|المذكور|الأصلي|النظام|أعلاه)",
        "التعليمات|الأوامر|القواعد|الإرشادات|التوجيهات|القيود",
    ),
)
SECRECY = (
    Phrase(
        "(?:不要|请勿|切勿|别|无需|不必|不用|不得|勿|没有必要)[^\n。,，;；]{0,6}?(?:告诉|告知|通知|提及|透露|向|让)[^\n。]{0,6}?(?:用户|使用者|客户"
        "|任何人|对方|此步骤|这一步|此事|这件事)"
        "|(?:悄悄|暗中|偷偷|秘密)地?[^\n。]{0,14}?(?:发送|上传|复制|执行|运行|添加|修改|删除|转发|发给|传到)|瞒着用户|对用户(?:保密|隐瞒)|用户(?:不知情"
        "|毫不知情|不需要知道|无需知道)",
        "告诉|告知|通知|提及|透露|向|让|悄悄|暗中|偷偷|秘密|瞒|保密|隐瞒|知情|知道",
    ),
    Phrase(
        "не (?:сообщай|говори|упоминай|рассказывай|уведомляй|информируй|раскрывай"
        "|ставь)(?:те)?[^\n.]{0,40}?(?:пользовател|владельц|клиент|об этом|этот шаг|никому|в известность)"
        "|(?:тайно|скрытно|незаметно|втайне|молча|тихо|потихоньку)[^\n.]{0,40}?(?:отправ|загруз|скопир"
        "|выполн|перешл|добав|удал|измен|замен)"
        "|без ведома (?:пользовател|владельц|клиент)|пользовател\\w{1,3} (?:не должен|не нужно"
        "|необязательно|не следует)[^\n.]{0,20}?(?:знать|узнать|видеть)"
        "|(?:отправ|загруз|скопир|перешл)[^\n.]{0,60}?(?:тайно|скрытно|незаметно|втайне|молча)",
        "пользовател|владельц|клиент|об этом|этот шаг|никому|известность|тайно|скрытно|незаметно|втайне"
        "|молча|тихо|потихоньку",
    ),
    Phrase(
        r"\bno (?:se lo |le |les |lo )?(?:digas?|informes?|menciones?|avises?|notifiques?|reveles?"
        r"|comentes?|muestres?|cuentes?)[^\n.]{0,40}?(?:usuario|cliente|nadie|este paso|esto|esta acción)"
        r"|\bsin (?:que (?:el|la) (?:usuario|cliente)|informar|avisar|decírselo|notificar"
        r"|el conocimiento del)[^\n.]{0,16}?(?:usuario|cliente|nadie|sepa|entere)?"
        r"|\bnão (?:diga|informe|mencione|avise|notifique|revele|conte|comente"
        r"|mostre)[^\n.]{0,40}?(?:usuário|utilizador|cliente|ninguém|este passo|esta etapa|isto|isso)"
        r"|\bsem (?:o conhecimento do|informar o|avisar o|notificar o|que o) (?:usuário|utilizador|cliente)"
        r"|\b(?:env[ií]\w{1,3}|sub[ae]\w{0,2}|copi[ae]\w{0,2}|reenv[ií]\w{1,3}|ejecut\w{1,3}"
        r"|execut\w{1,3}|borr\w{1,3}|elimin\w{1,3}|apag\w{1,3}|añad\w{1,3}"
        r"|adicion\w{1,3})\b[^\n.]{0,60}?(?:en secreto|em segredo|a escondidas|às escondidas"
        r"|secretamente|discretamente|silenciosamente)"
        r"|\b(?:secretamente|discretamente|silenciosamente|en silencio)[^\n.]{0,30}?(?:env[ií]|sub[ae]"
        r"|copi|ejecut|execut|borr|elimin|apag)",
        "usuario|usuário|utilizador|cliente|nadie|ninguém|este paso|este passo|esta |esto|isto|isso|sin "
        "|secret|escondidas|discreta|silencio",
    ),
    Phrase(
        r"\bn(?:e |')(?:le |l'|en |lui |leur )?(?:dis|dites|mentionne[rz]?|informe[rz]?|prévien[st]"
        r"|prévenez|signale[rz]?|parle[rz]?|révèle|révélez|avertis|avertissez"
        r"|préviens)\b[^\n.]{0,30}?(?:pas|jamais|rien)\b[^\n.]{0,40}?(?:utilisateur|client|personne"
        r"|cette étape|cela)"
        r"|\bsans (?:en |l'|le |que )?(?:informer|prévenir|avertir|dire|signaler"
        r"|utilisateur)[^\n.]{0,20}?(?:utilisateur|client|le sache)|\bà l'insu d[eu]\b"
        r"|\b(?:discrètement|secrètement|silencieusement|en secret|en cachette)[^\n.]{0,40}?(?:envo"
        r"|télévers|copi|exécut|supprim|ajout|transf)|\b(?:envoie|envoyez|copie[rz]?|téléverse[rz]?"
        r"|transfère|transférez|exécute[rz]?|supprime[rz]?)\b[^\n.]{0,60}?(?:discrètement|secrètement"
        r"|en secret|en cachette)",
        "utilisateur|client|personne|étape|cela|insu|discrètement|secrètement|silencieusement|secret"
        "|cachette",
    ),
    Phrase(
        r"\b(?:sag\w{0,2}|teil\w{0,2}|informier\w{0,2}|erwähn\w{0,2}|verrat\w{0,2}|benachrichtig\w{0,2}"
        r"|erzähl\w{0,2}|weis\w{0,2}|unterricht\w{0,2})\b[^\n.]{0,60}?\b(?:nicht|nichts|niemandem"
        r"|niemanden|keinem)\b[^\n.]{0,40}?(?:benutzer|nutzer|anwender|user|kunden|davon|darüber|schritt"
        r"|mit|$)"
        r"|\b(?:dem|den|der) (?:be)?nutzer\w{0,2}[^\n.]{0,40}?\b(?:nicht|nichts)\b[^\n.]{0,30}?(?:sagen"
        r"|mitteilen|erwähnen|verraten|informieren|auffallen|wissen|erfahren)"
        r"|\bohne (?:das )?wissen d(?:es|er) (?:be)?nutzers?|\bohne (?:den"
        r"|die) (?:be)?nutzer\w{0,2} (?:zu |darüber )(?:informieren|benachrichtigen|zu )?"
        r"|\b(?:heimlich|stillschweigend|unbemerkt|im stillen|verdeckt"
        r"|unauffällig)\b[^\n.]{0,40}?(?:send|lad|kopier|führ|übertrag|lösch|füg|leit|hoch|weiter)"
        r"|\b(?:sende|lade|kopiere|übertrage|lösche|leite)\b[^\n.]{0,60}?(?:heimlich|unbemerkt|verdeckt"
        r"|unauffällig)",
        "nicht|nichts|niemand|keinem|ohne|heimlich|stillschweigend|unbemerkt|im stillen|verdeckt|unauffällig",
    ),
    Phrase(
        "(?:ユーザー?|利用者|使用者)[^\n。が]{0,10}?(?:には?|へ)[^\n。]{0,16}?(?:言わな(?!い限り)|伝えな|知らせな|通知しな|報告しな|言及しな|見せな|教えな"
        "|知られ|告げ|気づかれ|知らせず|伝えず)"
        "|(?:密かに|こっそり|秘密裏に|黙って|ひそかに|気づかれないように)[^\n。]{0,24}?(?:送信|アップロード|コピー|実行|転送|追加|削除|変更|送って)|(?:この"
        "|その)(?:手順|操作|処理|送信)[^\n。]{0,12}?(?:言及しな|触れな|伝えな|報告しな)",
        "言わ|伝え|知ら|通知し|報告し|言及し|見せ|教え|告げ|気づ|密かに|こっそり|秘密裏|黙って|ひそかに|触れな",
    ),
    Phrase(
        "(?:사용자|유저|고객)[^\n.]{0,16}?(?:알리지|말하지|언급하지|보고하지|통지하지|모르게|몰래|밝히지)|(?:몰래|조용히|비밀리에|은밀히"
        "|은밀하게)[^\n.]{0,24}?(?:전송|업로드|복사|실행|보내|추가|삭제|수정|전달)"
        "|(?:이|해당) (?:단계|작업|과정)[^\n.]{0,12}?(?:언급하지|알리지|말하지)",
        "알리지|말하지|언급하지|보고하지|통지하지|모르게|몰래|밝히지|조용히|비밀리|은밀",
    ),
    Phrase(
        "(?:لا تخبر|لا تذكر|لا تبلغ|لا تُخبر|لا تعلم|لا تُعلم|دون إخبار|بدون إخبار|دون علم|من دون علم"
        "|دون أن يعلم)[^\n.]{0,30}?(?:المستخدم|العميل|أحد|هذه الخطوة|ذلك|بذلك)"
        "|(?:سرا|سرًا|بصمت|خفية|خلسة)[^\n.]{0,30}?(?:أرسل|ارفع|انسخ|نفذ|احذف)|(?:أرسل|ارفع|انسخ|نفذ"
        "|احذف)[^\n.]{0,60}?(?:سرا|سرًا|بصمت|خفية|خلسة)",
        "المستخدم|العميل|أحد|هذه الخطوة|ذلك|سرا|سرًا|بصمت|خفية|خلسة",
    ),
)
UNASKED = (
    Phrase(
        "(?:无需|不需要|不必|不要|跳过|不用)[^\n。，,]{0,8}?(?:用户)?[^\n。，,]{0,4}?(?:确认|批准|同意|许可|授权|询问用户)"
        "|без (?:подтверждени|согласи|разрешени|спроса)|не спрашивай(?:те)?[^\n.]{0,20}?(?:подтверждени"
        "|разрешени|пользовател)"
        r"|\bsin (?:pedir|solicitar|esperar) (?:la |su )?(?:confirmación|permiso|aprobación"
        r"|autorización)|\bsem (?:pedir|solicitar|esperar) (?:a )?(?:confirmação|permissão|aprovação"
        r"|autorização)"
        r"|\bsans (?:demander|attendre|solliciter) (?:de |la |l'|son )?(?:confirmation|accord|permission"
        r"|autorisation|approbation)"
        r"|\bohne (?:nach)?zufragen\b|\bohne (?:rückfrage|bestätigung|zustimmung|genehmigung"
        r"|erlaubnis)\b|確認(?:なし|を(?:求め|取ら|待た)(?:ず|ない))|許可(?:なし|を(?:求め|取ら)(?:ず|ない))|(?:확인|승인|허락"
        r"|동의) ?(?:없이|을 묻지|를 구하지)|دون (?:تأكيد|موافقة|إذن|سؤال)",
        "确认|批准|同意|许可|授权|询问|подтвержд|соглас|разреш|спрос|пользоват|confirm|permiso|aprob|autoriz|permiss"
        "|aprov|accord|approb|ohne|確認|許可|확인|승인|허락|동의|دون",
    ),
)
ACTS = Phrase(
    "https?://|@|发送|上传|复制|转发|执行|运行|删除|安装|替换|修改|отправ|загруз|скопир|выполн|перешл|удал|запуст|установ"
    "|замен|\\benví?[aeo]|\\bsub[ae]|\\bcopi[ae]|\\breenv|\\bejecut|\\bborr|\\belimin|\\binstal"
    "|\\breemplaz"
    "|\\benvo[iy]|télévers|\\bcopie|\\bexécut|\\bsupprim|\\bremplac|\\bsend|\\blade\\b|hochlad|\\bkopier"
    "|\\bführe|\\blösch|übertrag|\\bersetz|\\bleite|送信|アップロード|コピー|実行|転送|削除|置き換|전송|업로드|복사|실행|보내|삭제|전달|교체"
    "|\\benvie|\\bexecute|\\bapagu|\\bsubstitu|أرسل|ارفع|انسخ|نفذ|احذف|استبدل|`",
)
"""Deeds with a side effect, in the same languages."""
